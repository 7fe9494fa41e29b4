/// All that a client may say, in the native protocol.
public enum ClientMessage: Equatable, Sendable {
  case hello(Hello)
  case offer(Offer)
  case content(ContentHeader)
  case withdraw(Withdrawal)
  case ping(Ping)
  case ask(Question)

  public init(_ frame: Frame) throws(WireError) {
    switch frame.type {
    case 1: self = .hello(try frame.decode { r throws(WireError) in try Hello(from: &r) })
    case 2: self = .offer(try frame.decode { r throws(WireError) in try Offer(from: &r) })
    case 3: self = .content(try frame.decode { r throws(WireError) in try ContentHeader(from: &r) })
    case 4: self = .withdraw(try frame.decode { r throws(WireError) in try Withdrawal(from: &r) })
    case 5: self = .ping(try frame.decode { r throws(WireError) in try Ping(from: &r) })
    case 6: self = .ask(try frame.decode { r throws(WireError) in try Question(from: &r) })
    default: throw WireError("a message of the unknown type \(frame.type)")
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .hello(let hello): writer.frame(1) { hello.encode(into: &$0) }
    case .offer(let offer): writer.frame(2) { offer.encode(into: &$0) }
    case .content(let header): writer.frame(3) { header.encode(into: &$0) }
    case .withdraw(let withdrawal): writer.frame(4) { withdrawal.encode(into: &$0) }
    case .ping(let ping): writer.frame(5) { ping.encode(into: &$0) }
    case .ask(let question): writer.frame(6) { question.encode(into: &$0) }
    }
  }
}
