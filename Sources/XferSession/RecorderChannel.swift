import SystemPackage
import XferProtocol
import XferSystem

/// The session's end of the channel to the recorder. It is opened when first needed. When the
/// recorder dies, the next one is asked again for all that has no answer yet; a request that had
/// been carried out already changes nothing the second time.
final class RecorderChannel {
  private let door: LocalDoor
  private var connection: FileDescriptor?
  private let input = FrameBuffer(capacity: 32 * 1024)
  private var output = WireWriter()
  private var unanswered: [UInt64: RecorderRequest] = [:]
  private var lastTicket: UInt64 = 0

  init(_ door: LocalDoor) { self.door = door }

  var isWaiting: Bool { !unanswered.isEmpty }

  /// So much is asked that no more should be until answers come.
  var isFull: Bool { unanswered.count >= 2 * WireLimits.window }

  /// To be waited for while there are requests without an answer.
  var descriptor: FileDescriptor? { isWaiting ? connection : nil }

  /// Queues a request and returns its ticket; `flush` sends it.
  func ask(_ request: (UInt64) -> RecorderRequest) -> UInt64 {
    lastTicket += 1
    let request = request(lastTicket)
    unanswered[lastTicket] = request
    request.encode(into: &output)
    return lastTicket
  }

  /// Sends what is queued. Blocks while no recorder is there: its door keeps who knocks.
  func flush() throws {
    guard !output.isEmpty else { return }
    do {
      try send()
    } catch {
      try reconnect()
    }
  }

  /// The answers that are there.
  func replies() throws -> [RecorderReply] {
    guard let connection else { return [] }
    switch try? connection.receive(into: input.space()) {
    case .bytes(let count): input.filled(count)
    case .nothing: return []
    case .end, nil: try reconnect()
    }
    var replies: [RecorderReply] = []
    while let frame = try input.nextFrame() {
      let reply = try RecorderReply(frame)
      // An answer that came twice, over a restart of the recorder, counts once.
      if unanswered.removeValue(forKey: reply.ticket) != nil { replies.append(reply) }
    }
    return replies
  }

  private func send() throws {
    let connection = try self.connection ?? door.knock()
    self.connection = connection
    var sent = 0
    while sent < output.bytes.count {
      sent += try output.bytes.withUnsafeBytes {
        try connection.send(UnsafeRawBufferPointer(rebasing: $0[sent...]))
      }
    }
    output.clear()
  }

  private func reconnect() throws {
    try? connection?.close()
    connection = nil
    _ = input.take(input.count)
    output.clear()
    for (_, request) in unanswered.sorted(by: { $0.key < $1.key }) {
      request.resent.encode(into: &output)
    }
    if !output.isEmpty { try send() }
  }
}

extension RecorderReply {
  var isReceipt: Bool {
    if case .receipt = self { true } else { false }
  }

  var ticket: UInt64 {
    switch self {
    case .receipt(let ticket, _), .refusal(let ticket, _), .done(let ticket): ticket
    }
  }
}
