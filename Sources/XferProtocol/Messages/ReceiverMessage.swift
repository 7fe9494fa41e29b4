/// A message from the receiver to a client, in the native protocol.
package enum ReceiverMessage: Equatable, Sendable {
  case welcome(Welcome)
  case accept(Acceptance)
  case receipt(tag: UInt32, Receipt)
  /// `tag` identifies the refused offer or question; 0 stands for the connection itself.
  case refusal(tag: UInt32, Refusal)
  case pong(Ping)
  case row(tag: UInt32, HistoryEntry)
  /// A part of the stats page.
  case page(tag: UInt32, text: String)
  /// The reply to the question with this tag is complete.
  case end(tag: UInt32)
  /// The receiver still works on this transfer. Sent in version 2 and later.
  case working(tag: UInt32, Progress)
  /// The set is complete. Sent in version 3 and later.
  case completed(tag: UInt32, SetReceipt)
  /// A set of the history. Sent in version 3 and later.
  case set(tag: UInt32, SetEntry)
  /// A file of a set. Sent in version 3 and later.
  case member(tag: UInt32, SetMember)

  /// The wire numbers of the messages. They never change.
  enum Number: UInt8 {
    case welcome = 129
    case accept = 130
    case receipt = 131
    case refusal = 132
    case pong = 133
    case row = 134
    case page = 135
    case end = 136
    case working = 137
    // 138 and 139 are messages of an enrolment: see `JoinMessage`.
    case completed = 140
    case set = 142
    case member = 143
  }

  /// Throws if the frame is not one of these messages.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch Number(rawValue: frame.type) {
      case .welcome: .welcome(try Welcome(from: &reader))
      case .accept: .accept(try Acceptance(from: &reader))
      case .receipt: .receipt(tag: try reader.uint32(), try Receipt(from: &reader))
      case .refusal: .refusal(tag: try reader.uint32(), try Refusal(from: &reader))
      case .pong: .pong(try Ping(from: &reader))
      case .row: .row(tag: try reader.uint32(), try HistoryEntry(from: &reader))
      case .page: .page(tag: try reader.uint32(), text: try reader.string())
      case .end: .end(tag: try reader.uint32())
      case .working: .working(tag: try reader.uint32(), try Progress(from: &reader))
      case .completed:
        .completed(tag: try reader.uint32(), try SetReceipt(from: &reader))
      case .set: .set(tag: try reader.uint32(), try SetEntry(from: &reader))
      case .member: .member(tag: try reader.uint32(), try SetMember(from: &reader))
      case nil: throw WireError("unknown message type \(frame.type)")
      }
    }
  }

  /// Appends the message as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .welcome(let welcome): writer.frame(Number.welcome) { welcome.encode(into: &$0) }
    case .accept(let acceptance): writer.frame(Number.accept) { acceptance.encode(into: &$0) }
    case .receipt(let tag, let receipt):
      writer.frame(Number.receipt, tag: tag) { receipt.encode(into: &$0) }
    case .refusal(let tag, let refusal):
      writer.frame(Number.refusal, tag: tag) { refusal.encode(into: &$0) }
    case .pong(let ping): writer.frame(Number.pong) { ping.encode(into: &$0) }
    case .row(let tag, let entry): writer.frame(Number.row, tag: tag) { entry.encode(into: &$0) }
    case .page(let tag, let text): writer.frame(Number.page, tag: tag) { $0.write(text) }
    case .end(let tag): writer.frame(Number.end, tag: tag) { _ in }
    case .working(let tag, let progress):
      writer.frame(Number.working, tag: tag) { progress.encode(into: &$0) }
    case .completed(let tag, let receipt):
      writer.frame(Number.completed, tag: tag) { receipt.encode(into: &$0) }
    case .set(let tag, let entry): writer.frame(Number.set, tag: tag) { entry.encode(into: &$0) }
    case .member(let tag, let member):
      writer.frame(Number.member, tag: tag) { member.encode(into: &$0) }
    }
  }
}

extension WireWriter {
  /// Appends a frame with a tag at the start of its payload.
  fileprivate mutating func frame(
    _ number: some RawRepresentable<UInt8>, tag: UInt32, payload: (inout WireWriter) -> Void
  ) {
    frame(number) {
      $0.write(tag)
      payload(&$0)
    }
  }
}
