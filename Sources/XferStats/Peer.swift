import NIOCore
import Synchronization
import XferHistory

/// The other side of a connection, as far as the channel tells (`ConnectionHandler`).
final class Peer: Sendable {
  private let state = Mutex(Asker.there)

  var asker: Asker { state.withLock { $0 } }

  func saysNoMore() { state.withLock { if case .there = $0 { $0 = .silent } } }

  func hasLeft() { state.withLock { $0 = .gone } }

  /// The peer of a connection. One whose channel is closed already has left.
  static func of(_ channel: any Channel) async -> Peer {
    let peer = try? await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).peer
    }.get()
    if let peer { return peer }
    let left = Peer()
    left.hasLeft()
    return left
  }
}
