import SystemPackage
import XferProtocol
import XferSystem

/// The recorder's end of the channel to one session. It never blocks: a session that does not read
/// its answers holds up nobody else.
final class SessionChannel {
  /// Answers that a session has not read: above this nothing more is heard of it until it has.
  private static let outputLimit = 1 << 20

  let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: 64 * 1024)
  private var output = WireWriter()
  private var isOver = false

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    try? descriptor.setNonBlocking(true)
  }

  var interest: PollSet.Interest {
    if output.bytes.count > SessionChannel.outputLimit { return .write }
    return output.isEmpty ? .read : .both
  }

  /// What has come in, one receive a turn, so that no session holds up the others. A session that
  /// has ended is noted.
  func receive() -> [RecorderRequest] {
    var requests: [RecorderRequest] = []
    do {
      guard !isOver, output.bytes.count <= SessionChannel.outputLimit else { return [] }
      switch try descriptor.receive(into: input.space()) {
      case .bytes(let count): input.filled(count)
      case .nothing: return []
      case .end: isOver = true
      }
      while let frame = try input.nextFrame() { requests.append(try RecorderRequest(frame)) }
    } catch {
      isOver = true
    }
    return requests
  }

  func answer(_ reply: RecorderReply) { reply.encode(into: &output) }

  /// Sends what fits; the rest waits for the next turn.
  func send() {
    guard !output.isEmpty, !isOver else { return }
    do {
      let sent = try output.bytes.withUnsafeBytes { try descriptor.send($0) }
      if sent == output.bytes.count { output.clear() } else { output.removeFirst(sent) }
    } catch {
      isOver = true
    }
  }

  func closeIfOver() -> Bool {
    if isOver { try? descriptor.close() }
    return isOver
  }
}
