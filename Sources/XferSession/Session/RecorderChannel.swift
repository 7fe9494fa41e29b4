import SystemPackage
import XferProtocol
import XferSystem

/// The session's end of the channel to the recorder. It is connected with the first request.
///
/// If the recorder dies, all requests without a reply are sent again to the next one. A request
/// that was carried out before has no effect the second time.
final class RecorderChannel {
  private let listener: LocalListener
  private var connection: FileDescriptor?
  private let input = FrameBuffer(capacity: 32 * 1024)
  private var output = WireWriter()
  private var unanswered: [UInt64: RecorderRequest] = [:]
  private var lastTicket: UInt64 = 0

  init(_ listener: LocalListener) { self.listener = listener }

  /// True while a request has no reply.
  var isWaiting: Bool { !unanswered.isEmpty }

  /// True if no more requests should be made until replies arrive.
  var isFull: Bool { unanswered.count >= 2 * WireLimits.window }

  /// The descriptor that becomes readable with a reply; nil if no request waits for one.
  var descriptor: FileDescriptor? { isWaiting ? connection : nil }

  /// Queues a request and returns its ticket; `flush` sends it.
  func ask(_ request: (UInt64) -> RecorderRequest) -> UInt64 {
    lastTicket += 1
    let request = request(lastTicket)
    unanswered[lastTicket] = request
    request.encode(into: &output)
    return lastTicket
  }

  /// Sends the queued requests. Blocks while no recorder runs: connections wait in its backlog.
  func flush() throws {
    guard !output.isEmpty else { return }
    do {
      try send()
    } catch {
      try reconnect()
    }
  }

  /// Returns the replies that are available.
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
      // A reply that arrives twice, because the recorder was restarted, counts once.
      if unanswered.removeValue(forKey: reply.ticket) != nil { replies.append(reply) }
    }
    return replies
  }

  private func send() throws {
    let connection = try self.connection ?? listener.connect()
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
  /// True if the reply is a receipt.
  var isReceipt: Bool {
    if case .receipt = self { true } else { false }
  }

  /// The ticket of the request that this answers.
  var ticket: UInt64 {
    switch self {
    case .receipt(let ticket, _), .refusal(let ticket, _), .done(let ticket),
      .enrolled(let ticket, _), .completed(let ticket, _):
      ticket
    }
  }
}
