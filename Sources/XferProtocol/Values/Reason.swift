/// The reason for which a transfer, a question or a connection was refused or failed. The numbers
/// cross the wire, and the codes are in the history, the log and the metrics. Neither may change
/// its meaning.
package enum Reason: UInt16, CaseIterable, Sendable {
  /// Too many connections, or another session receives the same file.
  case busy = 1
  /// Too many connections from the client's address.
  case tooManyFromAddress = 2
  case tooLarge = 3
  case noSpace = 4
  case exists = 5
  case badName = 6
  case notAllowed = 7
  case shuttingDown = 8
  /// The CRC-32C of the content differs from the announced one.
  case corrupt = 9
  /// The peer broke the protocol.
  case malformed = 10
  /// The peer sent nothing for too long.
  case timeout = 11
  /// Delivered without a sync before the receiver's machine was started, and not there as
  /// delivered.
  case gone = 12
  /// The receiver cannot serve the request now.
  case unavailable = 13
  case notSupported = 14
  case badSize = 15
  /// The connection ended before the content was complete.
  case cut = 16
  /// The sender withdrew the transfer.
  case withdrawn = 17
  /// The TLS handshake failed, or the client has no certificate where one is required.
  case handshake = 18
  /// The key of the client is not enrolled.
  case unknownClient = 19
  /// A quota of the client is used up.
  case quota = 20
  /// The sums of a set are not those that its sender claims.
  case incomplete = 21

  /// The name in the history, the log and the metrics.
  package var code: String {
    switch self {
    case .busy: "busy"
    case .tooManyFromAddress: "too_many_from_address"
    case .tooLarge: "too_large"
    case .noSpace: "no_space"
    case .exists: "exists"
    case .badName: "bad_name"
    case .notAllowed: "not_allowed"
    case .shuttingDown: "shutting_down"
    case .corrupt: "corrupt"
    case .malformed: "malformed"
    case .timeout: "timeout"
    case .gone: "gone"
    case .unavailable: "unavailable"
    case .notSupported: "not_supported"
    case .badSize: "bad_size"
    case .cut: "cut"
    case .withdrawn: "withdrawn"
    case .handshake: "handshake"
    case .unknownClient: "unknown_client"
    case .quota: "quota"
    case .incomplete: "incomplete"
    }
  }
}
