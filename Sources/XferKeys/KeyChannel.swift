import SystemPackage
import XferIdentity
import XferProtocol
import XferSystem

/// The end of the channel to one session. A session sends one request and waits for its reply, so
/// that replies always fit into the socket.
final class KeyChannel {
  let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: WireLimits.payload + WireLimits.frameHeader)
  private var isOver = false

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    try? descriptor.setNonBlocking(true)
  }

  /// Receives once and answers the requests that are complete. A session that breaks the protocol
  /// is disconnected.
  func answer(with credentials: Credentials) {
    do {
      switch try descriptor.receive(into: input.space()) {
      case .bytes(let count): input.filled(count)
      case .nothing: return
      case .end: isOver = true
      }
      Failpoint.pass("keys.asked")
      while let frame = try input.nextFrame() {
        try send(credentials.reply(to: try KeyRequest(frame)))
      }
    } catch {
      isOver = true
    }
  }

  private func send(_ reply: KeyReply) throws {
    var writer = WireWriter()
    reply.encode(into: &writer)
    let sent = try writer.bytes.withUnsafeBytes { try descriptor.send($0) }
    if sent < writer.bytes.count { isOver = true }
  }

  /// Closes the channel if it has ended or failed. Returns true if it has.
  func closeIfOver() -> Bool {
    if isOver { try? descriptor.close() }
    return isOver
  }
}

extension Credentials {
  /// Carries out a request. Nothing but a handshake is signed.
  func reply(to request: KeyRequest) -> KeyReply {
    switch request {
    case .certificate:
      return .certificate(chain: chain, algorithm: key.algorithm.rawValue, host: host)
    case .sign(let algorithm, let bytes):
      guard algorithm == key.algorithm.rawValue, HandshakeSignature.isOne(bytes),
        let signature = try? key.signature(of: bytes)
      else { return .refused }
      return .signature(signature)
    }
  }
}
