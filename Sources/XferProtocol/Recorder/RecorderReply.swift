/// All that the recorder may answer.
public enum RecorderReply: Equatable, Sendable {
  case receipt(ticket: UInt64, Receipt)
  case refusal(ticket: UInt64, Refusal)
  case done(ticket: UInt64)

  public init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      let ticket = try reader.uint64()
      switch frame.type {
      case 1: return .receipt(ticket: ticket, try Receipt(from: &reader))
      case 2: return .refusal(ticket: ticket, try Refusal(from: &reader))
      case 3: return .done(ticket: ticket)
      default: throw WireError("an answer of the unknown type \(frame.type)")
      }
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .receipt(let ticket, let receipt): writer.ticketed(1, ticket) { receipt.encode(into: &$0) }
    case .refusal(let ticket, let refusal): writer.ticketed(2, ticket) { refusal.encode(into: &$0) }
    case .done(let ticket): writer.ticketed(3, ticket) { _ in }
    }
  }
}

extension WireWriter {
  mutating func ticketed(
    _ type: UInt8, _ ticket: UInt64, _ payload: (inout WireWriter) -> Void
  ) {
    frame(type) {
      $0.write(ticket)
      payload(&$0)
    }
  }
}
