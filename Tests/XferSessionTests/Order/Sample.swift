import XferProtocol

/// Messages of a client for tests of the legal order.
enum Sample {
  static let hello = ClientMessage.hello(Hello(agent: "test"))
  static let withdrawal = ClientMessage.withdraw(Withdrawal(tag: 1, why: "it changed"))
  static let ping = ClientMessage.ping(Ping(token: 7))
  static let question = ClientMessage.ask(Question(tag: 2, .stats))

  static let announcement = ClientMessage.announce(Announcement(part: 0, files: []))
  static let claim = ClientMessage.complete(
    SetClaim(
      tag: 2,
      totals: SetTotals(files: 0, others: 0, bytes: 0, digest: Digest(bytes: [UInt8](0..<32))!)))
  static let set = SetReference(id: TransferID(high: 1, low: 2), name: "test")

  static func offer(_ tag: UInt32 = 1, size: UInt64, isEager: Bool = false) throws -> Offer {
    Offer(
      tag: tag, id: TransferID(high: 1, low: UInt64(tag)), size: size, name: try FileName("a"),
      isEager: isEager)
  }

  static func content(
    _ tag: UInt32 = 1, at offset: UInt64, count: UInt32
  ) -> ContentHeader {
    ContentHeader(tag: tag, offset: offset, length: count, crc: 0)
  }
}
