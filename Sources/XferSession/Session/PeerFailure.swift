import XferProtocol

/// An error of the client or of the network that ends the connection.
struct PeerFailure: Error, CustomStringConvertible {
  let reason: Reason
  let description: String

  init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }

  /// Creates the failure of a client that violates the protocol.
  init(_ error: WireError) {
    self.init(error.isDamage ? .corrupt : .malformed, "not the protocol: \(error)")
  }

  /// The refusal that ends the connection. It names a delay if a new connection may help.
  var refusal: Refusal {
    switch reason {
    case .shuttingDown: Refusal(reason, description, retryAfter: 2)
    case .corrupt: Refusal(reason, description, retryAfter: 0)
    // The line of the client has changed. The next connection shows if it is still enrolled.
    case .unknownClient: Refusal(reason, description, retryAfter: 1)
    default: Refusal(reason, description)
    }
  }
}
