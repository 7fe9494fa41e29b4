import Logging
import XferProtocol

/// A connection that is not served. The client receives the refusal in its own protocol.
struct RefusedConversation {
  private let client: ClientConnection
  private let context: SessionContext

  init(_ client: ClientConnection, in context: SessionContext) {
    self.client = client
    self.context = context
  }

  /// Sends the refusal and throws it as a `PeerFailure`.
  func run(_ refusal: Refusal) throws {
    // The limit is often reached because the recorder is not ready. Then that is the cause to
    // report.
    let isReady = context.board[.recorderReady] == 1 || !refusal.isCapacityRefusal
    let refusal = isReady ? refusal : .recorderNotReady
    switch DetectedProtocol(firstByte: try client.firstByte()) {
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
