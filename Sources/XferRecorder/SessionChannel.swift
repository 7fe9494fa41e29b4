import SystemPackage
import XferProtocol
import XferSystem

/// The recorder's end of the channel to one session. It never blocks: a session that does not read
/// its answers holds up nobody else.
final class SessionChannel {
  /// Answers that a session has not read; more than its window can bring means that it is broken.
  private static let outputLimit = 4 << 20

  let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: 64 * 1024)
  private var output = WireWriter()
  private var isOver = false

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    try? descriptor.setNonBlocking(true)
  }

  var hasOutput: Bool { !output.isEmpty }

  /// The requests that have come in. A session that has ended is noted.
  func receive() -> [RecorderRequest] {
    var requests: [RecorderRequest] = []
    do {
      while !isOver {
        switch try descriptor.receive(into: input.space()) {
        case .bytes(let count): input.filled(count)
        case .nothing: return requests
        case .end: isOver = true
        }
        while let frame = try input.nextFrame() { requests.append(try RecorderRequest(frame)) }
      }
    } catch {
      isOver = true
    }
    return requests
  }

  func answer(_ reply: RecorderReply) { reply.encode(into: &output) }

  /// Sends what fits; the rest waits for the next turn.
  func send() {
    guard hasOutput, !isOver else { return }
    do {
      let sent = try output.bytes.withUnsafeBytes { try descriptor.send($0) }
      if sent == output.bytes.count { output.clear() } else { output.removeFirst(sent) }
    } catch {
      isOver = true
    }
    if output.bytes.count > SessionChannel.outputLimit { isOver = true }
  }

  func closeIfOver() -> Bool {
    if isOver { try? descriptor.close() }
    return isOver
  }
}
