/// The stage of the receiver's shutdown. The supervisor sets it, and all processes read it.
package enum ShutdownStage: Int64, Sendable {
  /// The receiver accepts connections and transfers.
  case running = 0
  /// No new transfer is begun. Transfers in flight may finish.
  case draining = 1
  /// Sessions must end. Transfers in flight are kept for a resume.
  case leaving = 2
}

extension Scoreboard {
  /// The stage that the supervisor set last.
  package var shutdownStage: ShutdownStage {
    get { ShutdownStage(rawValue: self[.draining]) ?? .leaving }
    nonmutating set { set(.draining, newValue.rawValue) }
  }
}
