import Synchronization
import XferHistory

/// The state of the other side of a connection, as its handler sees it.
final class Peer: Sendable {
  private let state = Mutex(Asker.there)

  /// The state, as the history asks for it.
  var asker: Asker { state.withLock { $0 } }

  /// Notes that the peer has closed its sending side.
  func noteEndOfInput() { state.withLock { if case .there = $0 { $0 = .silent } } }

  /// Notes that the connection is closed.
  func noteDisconnect() { state.withLock { $0 = .gone } }
}
