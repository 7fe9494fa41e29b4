import XferProtocol
import XferSystem
import XferTransport

/// The failure of a connection to a receiver.
package enum ConnectionFailure: Error, CustomStringConvertible {
  /// No connection could be made. `isTemporary` is true if a retry may succeed.
  case unreachable(String, isTemporary: Bool)
  /// The receiver refused the connection, not only one file.
  case refused(Refusal)
  /// The connection ended or timed out.
  case lost(String)
  /// The receiver has another key than expected.
  case untrusted(expected: Pin, found: Pin)
  /// TLS could not be set up, for a reason that a retry does not change.
  case insecure(String)
  /// The peer does not speak the protocol.
  case notReceiver(String)

  /// A message for a person, in lower case.
  package var description: String {
    switch self {
    case .unreachable(let why, _): why
    case .refused(let refusal): "refused: \(refusal)"
    case .lost(let why): "connection lost: \(why)"
    case .untrusted(let expected, let found):
      "the receiver's key is \(found), and \(expected) was expected; nothing was sent. If its "
        + "operator has changed the key, join again or give --pin"
    case .insecure(let why): why
    case .notReceiver(let why):
      "the server is not an xfer receiver: \(why); check its host and port"
    }
  }

  init(_ error: any Error) {
    switch error {
    case let failure as ConnectionFailure: self = failure
    case let failure as SystemFailure: self = .lost(failure.errno.description.lowercased())
    case let failure as TransportFailure: self = ConnectionFailure(failure)
    case let error as WireError: self = .lost("received invalid data: \(error)")
    default: self = .lost("\(error)")
    }
  }

  private init(_ failure: TransportFailure) {
    switch failure {
    case .system, .cut: self = .lost("\(failure)")
    case .tls(let why): self = .insecure(why)
    }
  }

  /// True if a retry may succeed.
  package var isTemporary: Bool {
    switch self {
    case .unreachable(_, let isTemporary): isTemporary
    case .refused(let refusal): refusal.retryAfter != nil || refusal.reason == .timeout
    case .lost: true
    case .notReceiver, .untrusted, .insecure: false
    }
  }
}
