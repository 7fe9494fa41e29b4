/// Why a transfer, a question or a connection did not go well. The numbers cross the wire, the
/// codes stand in the history, the log and the metrics; neither may ever change its meaning.
public enum Reason: UInt16, CaseIterable, Sendable {
  case busy = 1
  case tooManyFromAddress = 2
  case tooLarge = 3
  case noSpace = 4
  case exists = 5
  case badName = 6
  case notAllowed = 7
  case shuttingDown = 8
  /// The content's CRC-32C is not the announced one.
  case corrupt = 9
  /// The peer does not keep to the protocol.
  case malformed = 10
  /// The peer said nothing for too long.
  case timeout = 11
  /// Delivered before, and since removed from under its name.
  case gone = 12
  /// The receiver itself cannot do it now.
  case unavailable = 13
  case notSupported = 14
  case badSize = 15
  /// The connection ended before the content did.
  case cut = 16
  /// The sender gave it up.
  case withdrawn = 17

  /// The word for it in the history, the log and the metrics.
  public var code: String {
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
    }
  }
}
