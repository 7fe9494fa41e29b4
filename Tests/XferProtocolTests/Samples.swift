import Testing
import XferSystem

@testable import XferProtocol

/// One message of any of the lists, with its bytes.
struct Sample: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  /// Returns true if the bytes decode to the same message.
  let isMeant: @Sendable ([UInt8]) throws -> Bool
  /// Decodes any bytes, encodes the message and decodes that; returns false if the second message
  /// differs.
  let saysAgain: @Sendable ([UInt8]) throws -> Bool

  init<Message: WireMessage>(_ name: String, _ message: Message) {
    testDescription = name
    bytes = message.encoded
    isMeant = { try Message(decoding: $0) == message }
    saysAgain = { bytes in
      let heard = try Message(decoding: bytes)
      return try Message(decoding: heard.encoded) == heard
    }
  }

  var type: UInt8 { bytes[4] }
  var payload: [UInt8] { Array(bytes[WireLimits.frameHeader...]) }

  static let all = client + receiver + request + reply + join + keyRequest + keyReply
}

private let id = TransferID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
private let name = (try? FileName("photos/2026/Grüße ☃.jpg"))!
private let oddName = (try? FileName(bytes: [0x61, 0x0a, 0xff, 0xee, 0xbc, 0x80]))!
private let digest = Digest(bytes: Array(0..<32))!
private let moment = Timestamp(microseconds: 1_793_352_291_123_456)

extension Sample {
  static let client: [Sample] = [
    Sample("hello", ClientMessage.hello(Hello(agent: "a client"))),
    Sample("hello with the wish to join", ClientMessage.hello(Hello(agent: "", join: joining))),
    Sample("offer", ClientMessage.offer(offer(isEager: false))),
    Sample("eager offer", ClientMessage.offer(offer(isEager: true))),
    Sample("offer with time and mode", ClientMessage.offer(offerWithAttributes)),
    Sample("offer of a directory", ClientMessage.offer(directoryOffer)),
    Sample("offer of a link with an odd name", ClientMessage.offer(linkOffer)),
    Sample(
      "content",
      ClientMessage.content(
        ContentHeader(tag: 7, offset: 1 << 40, length: UInt32(WireLimits.content), crc: .max))),
    Sample("withdraw", ClientMessage.withdraw(Withdrawal(tag: 7, why: "it changed"))),
    Sample("ping", ClientMessage.ping(Ping(token: .max))),
    Sample("ask stats", ClientMessage.ask(Question(tag: 1, .stats))),
    Sample("ask health", ClientMessage.ask(Question(tag: .max, .health))),
    Sample("ask history", ClientMessage.ask(Question(tag: 1, .history(HistoryFilter())))),
    Sample("ask history, narrowed", ClientMessage.ask(Question(tag: 1, .history(narrowed)))),
    Sample(
      "ask sets",
      ClientMessage.ask(
        Question(tag: 1, .sets(SetFilter(limit: 3, client: "cam-7", status: .incomplete))))),
    Sample(
      "ask members",
      ClientMessage.ask(
        Question(tag: 1, .members(SetQuestion(set: "backup", asksForMissing: true))))),
    Sample("hello of a set", ClientMessage.hello(Hello(agent: "a client", set: set))),
    Sample("announce", ClientMessage.announce(part)),
    Sample("complete", ClientMessage.complete(SetClaim(tag: 9, totals: totals))),
  ]

  static let receiver: [Sample] = [
    Sample("welcome", ReceiverMessage.welcome(Welcome(version: 1, agent: "xferd"))),
    Sample(
      "welcome with its clock",
      ReceiverMessage.welcome(Welcome(version: 1, agent: "xferd", now: moment))),
    Sample(
      "welcome with the client's name",
      ReceiverMessage.welcome(Welcome(version: 2, agent: "xferd", client: "cam-7"))),
    Sample("accept", ReceiverMessage.accept(Acceptance(tag: 7, offset: .max))),
    Sample("receipt", ReceiverMessage.receipt(tag: 7, receipt(.durable, standing: .new))),
    Sample("repeated receipt", ReceiverMessage.receipt(tag: 7, receipt(.lazy, standing: .there))),
    Sample(
      "receipt of what was removed",
      ReceiverMessage.receipt(tag: 7, receipt(.durable, standing: .removed))),
    Sample(
      "receipt that names the next id",
      ReceiverMessage.receipt(tag: 7, receipt(.durable, standing: .removed, next: id))),
    Sample("refusal", ReceiverMessage.refusal(tag: 7, Refusal(.exists, "it is here"))),
    Sample("refusal to wait", ReceiverMessage.refusal(tag: 0, Refusal(.busy, "", retryAfter: 0))),
    Sample("pong", ReceiverMessage.pong(Ping(token: 0))),
    Sample("row", ReceiverMessage.row(tag: 1, completed)),
    Sample("row of a failure", ReceiverMessage.row(tag: 1, failed)),
    Sample("row of repeated failures", ReceiverMessage.row(tag: 1, failedOften)),
    Sample("row of a client with a name", ReceiverMessage.row(tag: 1, ofNamed)),
    Sample("row without its id", ReceiverMessage.row(tag: 1, withoutID)),
    Sample("page", ReceiverMessage.page(tag: 1, text: "Up since\n")),
    Sample("end", ReceiverMessage.end(tag: 1)),
    Sample("working", ReceiverMessage.working(tag: 7, Progress(done: 1 << 40, total: .max))),
    Sample("completed", ReceiverMessage.completed(tag: 7, setReceipt)),
    Sample("set", ReceiverMessage.set(tag: 7, completeSet)),
    Sample("set that is not complete", ReceiverMessage.set(tag: 7, openSet)),
    Sample("member", ReceiverMessage.member(tag: 7, member)),
    Sample("missing member", ReceiverMessage.member(tag: 7, missingMember)),
  ]

  static let request: [Sample] = [
    Sample("publish", RecorderRequest.publish(ticket: .max, sealed)),
    Sample("fail", RecorderRequest.fail(ticket: 2, failure)),
    Sample(
      "find",
      RecorderRequest.find(ticket: 3, id, client: Client(address: "::1"), size: 7, set: nil)),
    Sample(
      "find of a client with a name",
      RecorderRequest.find(ticket: 3, id, client: named, size: 7, set: set)),
    Sample("publish of a set", RecorderRequest.publish(ticket: .max, sealedOfSet)),
    Sample(
      "announce to the recorder",
      RecorderRequest.announce(
        ticket: 7, AnnouncedPart(set: set, client: named, part: part, prefix: name))),
    Sample(
      "complete to the recorder",
      RecorderRequest.complete(
        ticket: 8, SetCompletion(set: set, client: named, totals: totals))),
    Sample("check", RecorderRequest.check(ticket: 4)),
    Sample("enrol", RecorderRequest.enrol(ticket: 5, enrolment)),
    Sample(
      "knock",
      RecorderRequest.knock(ticket: 6, Knock(pin: pin, agent: "xferctl 1", address: "::1"))),
  ]

  static let reply: [Sample] = [
    Sample(
      "ticket's receipt", RecorderReply.receipt(ticket: 1, receipt(.durable, standing: .there))),
    Sample("ticket's refusal", RecorderReply.refusal(ticket: 2, Refusal(.noSpace, "full"))),
    Sample("done", RecorderReply.done(ticket: .max)),
    Sample("enrolled for a session", RecorderReply.enrolled(ticket: 4, name: "cam-7")),
    Sample("completed for a session", RecorderReply.completed(ticket: 5, setReceipt)),
  ]

  static let join: [Sample] = [
    Sample("proof", AnyJoinMessage(.proof(numbered(JoinMessage.proofSize)))),
    Sample("challenge", AnyJoinMessage(.challenge(nonce: numbered(JoinRequest.nonceSize)))),
    Sample("enrolled", AnyJoinMessage(.enrolled(name: "cam-7"))),
  ]

  static let keyRequest: [Sample] = [
    Sample("certificate, please", KeyRequest.certificate),
    Sample("sign", KeyRequest.sign(algorithm: 0x0403, numbered(130))),
  ]

  static let keyReply: [Sample] = [
    Sample(
      "certificate",
      KeyReply.certificate(chain: [numbered(300), numbered(1)], algorithm: 0x0804, host: pin)),
    Sample("signature", KeyReply.signature(numbered(72))),
    Sample("refused", KeyReply.refused),
  ]
}

private func numbered(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

private let pin = Pin(bytes: numbered(Pin.size))!
private let joining = JoinRequest(
  invite: numbered(JoinRequest.inviteSize), nonce: numbered(JoinRequest.nonceSize), host: "cam-7")
private let enrolment = Enrolment(
  request: joining, client: pin, receiver: pin, receiverNonce: numbered(JoinRequest.nonceSize),
  proof: numbered(JoinMessage.proofSize), address: "10.0.0.1")

private func offer(isEager: Bool) -> Offer {
  Offer(tag: 7, id: id, size: 1 << 33, name: name, isEager: isEager)
}

private let offerWithAttributes = Offer(
  tag: 7, id: id, size: 0, name: name, isEager: false,
  properties: FileAttributes(mode: 0o644, modified: -1))
private let directoryOffer = Offer(
  tag: 7, id: id, size: 0, name: name, isEager: true,
  properties: FileAttributes(kind: .directory, mode: 0o755))
private let linkOffer = Offer(
  tag: 7, id: id, size: 0, name: oddName, isEager: true,
  properties: FileAttributes(kind: .link(target: "../a\u{ef0a}b")))

private let narrowed = HistoryFilter(
  limit: 5, since: moment, until: Timestamp(microseconds: 0), client: "::1", name: "*.jpg",
  status: .failed)

private func receipt(
  _ durability: Durability, standing: Receipt.Standing, next: TransferID? = nil
) -> Receipt {
  Receipt(
    id: id, name: name, size: 3, digest: digest, startedAt: moment, publishedAt: moment,
    durability: durability, standing: standing, next: next)
}

private let completed = HistoryEntry(
  id: 1, transferID: id, client: Client(address: "127.0.0.2"), name: "a", size: 3,
  startedAt: moment,
  finishedAt: moment, status: .completed, reason: nil, detail: nil, digest: digest, wire: .native)

private let failed = HistoryEntry(
  id: .max, transferID: id, client: Client(address: "::1"), name: "", size: -1, startedAt: moment,
  finishedAt: moment, status: .failed, reason: "bad_size", detail: "the size -1 is below zero",
  digest: nil, wire: .classic)

private let failedOften = HistoryEntry(
  id: .max, transferID: id, client: Client(address: "::1"), name: "", size: 1, startedAt: moment,
  finishedAt: moment, status: .failed, reason: "exists", detail: "it is here", digest: nil,
  wire: .native, attempts: 12, firstFinishedAt: Timestamp(microseconds: 7))

private let named = Client(address: "127.0.0.2", name: "cam-7")

private let ofNamed: HistoryEntry = {
  var entry = completed
  entry.client = named
  return entry
}()

private let withoutID: HistoryEntry = {
  var entry = completed
  entry.transferID = nil
  return entry
}()

private let set = SetReference(id: id, name: "nightly ☃")
private let totals = SetTotals(files: 20, others: 1, bytes: 1 << 40, digest: digest)
private let setReceipt = SetReceipt(
  set: set, totals: totals, startedAt: moment, completedAt: moment, durability: .durable)
private let completeSet = SetEntry(
  number: 5, set: set, client: named, startedAt: moment, completedAt: moment,
  delivered: SetEntry.Count(files: 20, bytes: 1), announced: nil, digest: digest)
private let openSet = SetEntry(
  number: 6, set: set, client: Client(address: "::1"), startedAt: moment, completedAt: nil,
  delivered: SetEntry.Count(files: 1, bytes: 1),
  announced: SetEntry.Count(files: .max, bytes: .max), digest: nil)
private let member = SetMember(
  name: oddName, kind: .link(target: "a"), size: 0, digest: nil)
private let missingMember = SetMember(
  name: name, kind: .file, size: 7, digest: nil, missing: "it was not offered")
private let part = Announcement(
  part: 2, files: [.init(name: name, size: 7), .init(name: oddName, size: .max)])
private let sealedOfSet = SealedTransfer(
  id: id, name: name, size: 0, client: named, wire: .native, startedAt: moment, digest: nil,
  isSynced: true, properties: FileAttributes(kind: .directory, mode: 0o700), set: set)

private let sealed = SealedTransfer(
  id: id, name: name, size: .max, client: Client(address: "::1"), wire: .classic, startedAt: moment,
  digest: digest, isSynced: true, file: FileIdentity(inode: 4711, born: -1))

private let failure = FailedTransfer(
  id: id, name: "..", size: .min, client: Client(address: "::1"), wire: .native, startedAt: moment,
  reason: .withdrawn, detail: "it changed")
