/// A reply of the recorder to a session. The ticket is that of the request.
package enum RecorderReply: Equatable, Sendable {
  case receipt(ticket: UInt64, Receipt)
  case refusal(ticket: UInt64, Refusal)
  case done(ticket: UInt64)
  /// The client is enrolled under this name.
  case enrolled(ticket: UInt64, name: String)
  /// The set is complete.
  case completed(ticket: UInt64, SetReceipt)

  /// The numbers of the replies.
  private enum Number: UInt8 {
    case receipt = 1
    case refusal = 2
    case done = 3
    case enrolled = 4
    case completed = 5
  }

  /// Throws if the frame is not one of these replies.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      let ticket = try reader.uint64()
      switch Number(rawValue: frame.type) {
      case .receipt: return .receipt(ticket: ticket, try Receipt(from: &reader))
      case .refusal: return .refusal(ticket: ticket, try Refusal(from: &reader))
      case .done: return .done(ticket: ticket)
      case .enrolled: return .enrolled(ticket: ticket, name: try reader.string())
      case .completed: return .completed(ticket: ticket, try SetReceipt(from: &reader))
      case nil: throw WireError("unknown reply type \(frame.type)")
      }
    }
  }

  /// Appends the reply as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .receipt(let ticket, let receipt):
      writer.frame(Number.receipt, ticket: ticket) { receipt.encode(into: &$0) }
    case .refusal(let ticket, let refusal):
      writer.frame(Number.refusal, ticket: ticket) { refusal.encode(into: &$0) }
    case .done(let ticket): writer.frame(Number.done, ticket: ticket) { _ in }
    case .enrolled(let ticket, let name):
      writer.frame(Number.enrolled, ticket: ticket) { $0.write(name) }
    case .completed(let ticket, let receipt):
      writer.frame(Number.completed, ticket: ticket) { receipt.encode(into: &$0) }
    }
  }
}

extension WireWriter {
  /// Appends a frame with a ticket at the start of its payload.
  mutating func frame(
    _ number: some RawRepresentable<UInt8>, ticket: UInt64, payload: (inout WireWriter) -> Void
  ) {
    frame(number) {
      $0.write(ticket)
      payload(&$0)
    }
  }
}
