/// The protocol that a transfer arrived by.
package enum WireProtocol: UInt8, Sendable, CaseIterable {
  case native = 1
  case classic = 2

  /// The name in the history, the log and the metrics.
  package var name: String {
    switch self {
    case .native: "native"
    case .classic: "classic"
    }
  }
}
