/// A message from a client to the receiver, in the native protocol.
package enum ClientMessage: Equatable, Sendable {
  case hello(Hello)
  case offer(Offer)
  case content(ContentHeader)
  case withdraw(Withdrawal)
  case ping(Ping)
  case ask(Question)
  /// A part of the list of files. Since version 3.
  case announce(Announcement)
  /// All files of the set have receipts. Since version 3.
  case complete(SetClaim)

  /// The wire numbers of the messages. They never change.
  private enum Number: UInt8 {
    case hello = 1
    case offer = 2
    case content = 3
    case withdraw = 4
    case ping = 5
    case ask = 6
    // 7 is a message of an enrolment: see `JoinMessage`.
    case announce = 8
    case complete = 9
  }

  /// Throws if the frame is not one of these messages.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch Number(rawValue: frame.type) {
      case .hello: .hello(try Hello(from: &reader))
      case .offer: .offer(try Offer(from: &reader))
      case .content: .content(try ContentHeader(from: &reader))
      case .withdraw: .withdraw(try Withdrawal(from: &reader))
      case .ping: .ping(try Ping(from: &reader))
      case .ask: .ask(try Question(from: &reader))
      case .announce: .announce(try Announcement(from: &reader))
      case .complete: .complete(try SetClaim(from: &reader))
      case nil: throw WireError("unknown message type \(frame.type)")
      }
    }
  }

  /// Appends the message as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .hello(let hello): writer.frame(Number.hello) { hello.encode(into: &$0) }
    case .offer(let offer): writer.frame(Number.offer) { offer.encode(into: &$0) }
    case .content(let header): writer.frame(Number.content) { header.encode(into: &$0) }
    case .withdraw(let withdrawal): writer.frame(Number.withdraw) { withdrawal.encode(into: &$0) }
    case .ping(let ping): writer.frame(Number.ping) { ping.encode(into: &$0) }
    case .ask(let question): writer.frame(Number.ask) { question.encode(into: &$0) }
    case .announce(let part): writer.frame(Number.announce) { part.encode(into: &$0) }
    case .complete(let claim): writer.frame(Number.complete) { claim.encode(into: &$0) }
    }
  }
}
