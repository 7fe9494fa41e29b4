import SystemPackage
import XferProtocol
import XferSystem

/// The recorder's end of the channel to one session. It never blocks, so that a session that does
/// not read its answers delays no other.
final class SessionChannel {
  /// The number of bytes of unread answers above which nothing more is received from the session
  /// until it has read them.
  private static let outputLimit = 1 << 20

  let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: 64 * 1024)
  private var output = WireWriter()
  private var isOver = false

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    try? descriptor.setNonBlocking(true)
  }

  /// The events that the recorder waits for.
  var interest: PollSet.Interest {
    if output.bytes.count > SessionChannel.outputLimit { return .write }
    return output.isEmpty ? .read : .both
  }

  /// Receives once and returns the requests that are complete. There is one receive in each turn,
  /// so that no session delays the others. Notes the end of the channel for `closeIfOver`.
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

  /// Adds a reply, which `send` sends.
  func answer(_ reply: RecorderReply) { reply.encode(into: &output) }

  /// Sends the bytes that fit into the socket. The rest waits for the next turn.
  func send() {
    guard !output.isEmpty, !isOver else { return }
    do {
      let sent = try output.bytes.withUnsafeBytes { try descriptor.send($0) }
      if sent == output.bytes.count { output.clear() } else { output.removeFirst(sent) }
    } catch {
      isOver = true
    }
  }

  /// Closes the channel if it has ended or failed. Returns true if it has.
  func closeIfOver() -> Bool {
    if isOver { try? descriptor.close() }
    return isOver
  }
}
