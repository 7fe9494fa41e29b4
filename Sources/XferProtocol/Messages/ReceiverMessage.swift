/// All that the receiver may say, in the native protocol.
public enum ReceiverMessage: Equatable, Sendable {
  case welcome(Welcome)
  case accept(Acceptance)
  case receipt(tag: UInt32, Receipt)
  /// The tag says what is refused; 0 is the connection itself.
  case refusal(tag: UInt32, Refusal)
  case pong(Ping)
  case row(tag: UInt32, HistoryEntry)
  case page(tag: UInt32, text: String)
  /// The question with this tag is answered.
  case end(tag: UInt32)
  /// The receiver works on this transfer, and the client is to go on waiting. From version 2 on.
  case working(tag: UInt32, Progress)

  public init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch frame.type {
      case 129: .welcome(try Welcome(from: &reader))
      case 130: .accept(try Acceptance(from: &reader))
      case 131: .receipt(tag: try reader.uint32(), try Receipt(from: &reader))
      case 132: .refusal(tag: try reader.uint32(), try Refusal(from: &reader))
      case 133: .pong(try Ping(from: &reader))
      case 134: .row(tag: try reader.uint32(), try HistoryEntry(from: &reader))
      case 135: .page(tag: try reader.uint32(), text: try reader.string())
      case 136: .end(tag: try reader.uint32())
      case 137: .working(tag: try reader.uint32(), try Progress(from: &reader))
      default: throw WireError("a message of the unknown type \(frame.type)")
      }
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .welcome(let welcome): writer.frame(129) { welcome.encode(into: &$0) }
    case .accept(let acceptance): writer.frame(130) { acceptance.encode(into: &$0) }
    case .receipt(let tag, let receipt): writer.tagged(131, tag) { receipt.encode(into: &$0) }
    case .refusal(let tag, let refusal): writer.tagged(132, tag) { refusal.encode(into: &$0) }
    case .pong(let ping): writer.frame(133) { ping.encode(into: &$0) }
    case .row(let tag, let entry): writer.tagged(134, tag) { entry.encode(into: &$0) }
    case .page(let tag, let text): writer.tagged(135, tag) { $0.write(text) }
    case .end(let tag): writer.tagged(136, tag) { _ in }
    case .working(let tag, let progress): writer.tagged(137, tag) { progress.encode(into: &$0) }
    }
  }
}

extension WireWriter {
  fileprivate mutating func tagged(
    _ type: UInt8, _ tag: UInt32, _ payload: (inout WireWriter) -> Void
  ) {
    frame(type) {
      $0.write(tag)
      payload(&$0)
    }
  }
}
