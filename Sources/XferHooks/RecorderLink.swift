import SystemPackage
import XferProtocol
import XferSystem

/// The hooks' connection to the recorder, which writes their progress. If the recorder ends, the
/// change is sent to the next one. A change that was written before changes nothing.
final class RecorderLink {
  private let listener: LocalListener
  private var connection: FileDescriptor?
  private let input = FrameBuffer(capacity: 32 * 1024)
  private var lastTicket: UInt64 = 0

  init(_ listener: LocalListener) { self.listener = listener }

  /// Writes a change and waits until that is done. Throws a `Refusal` if the recorder cannot write.
  func write(_ change: HookChange) throws {
    while true {
      do {
        return try ask(change)
      } catch is Ended {
        try? connection?.close()
        connection = nil
        _ = input.take(input.count)
      }
    }
  }

  /// The recorder has ended before it replied.
  private struct Ended: Error {}

  private func ask(_ change: HookChange) throws {
    let connection = try self.connection ?? listener.connect()
    self.connection = connection
    lastTicket += 1
    var output = WireWriter()
    RecorderRequest.hooks(ticket: lastTicket, change).encode(into: &output)
    do {
      try connection.sendAll(output.bytes)
    } catch {
      throw Ended()
    }
    while true {
      while let frame = try input.nextFrame() {
        if try isReply(RecorderReply(frame)) { return }
      }
      guard case .bytes(let count) = try? connection.receive(into: input.space()) else {
        throw Ended()
      }
      input.filled(count)
    }
  }

  /// Returns true for the reply to the last request. Throws the refusal.
  private func isReply(_ reply: RecorderReply) throws -> Bool {
    switch reply {
    case .done(lastTicket): return true
    case .refusal(lastTicket, let refusal): throw refusal
    default: return false
    }
  }
}
