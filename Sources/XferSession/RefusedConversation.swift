import Logging
import XferProtocol

/// A connection that is not served: the client is told why in its own protocol.
struct RefusedConversation {
  private let client: ClientConnection
  private let context: SessionContext

  init(_ client: ClientConnection, _ context: SessionContext) {
    self.client = client
    self.context = context
  }

  func run(_ firstByte: UInt8?, _ crowd: Refusal) throws {
    // A crowd that waits for the recorder is no sign of health.
    let refusal = context.board[.recorderReady] == 1 ? crowd : .recorderNotReady
    switch Opening(firstByte: firstByte) {
    case .native:
      client.say(raw: WireLimits.magic)
      client.say(.refusal(tag: 0, refusal))
    case .classic: client.say(raw: ClassicHeader.no)
    case .tls, .nothing: break
    }
    client.linger()
    throw PeerFailure(refusal.reason, "refused: \(refusal)")
  }
}
