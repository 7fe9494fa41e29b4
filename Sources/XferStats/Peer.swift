import NIOCore
import Synchronization
import XferHistory

/// The state of the other side of a connection, as `ConnectionHandler` sees it.
final class Peer: Sendable {
  private let state = Mutex(Asker.there)

  /// The state, as the history asks for it.
  var asker: Asker { state.withLock { $0 } }

  /// Notes that the peer has closed its sending side.
  func noteEndOfInput() { state.withLock { if case .there = $0 { $0 = .silent } } }

  /// Notes that the connection is closed.
  func noteDisconnect() { state.withLock { $0 = .gone } }

  /// Returns the peer of a connection. If the channel is closed already, the peer has disconnected.
  static func of(_ channel: any Channel) async -> Peer {
    let peer = try? await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).peer
    }.get()
    if let peer { return peer }
    let left = Peer()
    left.noteDisconnect()
    return left
  }
}
