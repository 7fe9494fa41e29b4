import Testing
import XferIdentity
import XferProtocol
import XferSystem

@testable import XferRecorder

@Suite("Enrolments do not delay receipts", .timeLimit(.minutes(20)))
struct EnrolmentTests {
  private let rig: RecorderRig
  private let lists: PrivateDirectory
  private let session: SessionEnd
  private let queue: RequestQueue
  private let invite: Invite

  init() throws {
    rig = try RecorderRig()
    lists = try PrivateDirectory(rig.path)
    session = try SessionEnd()
    queue = RequestQueue(rig.context, history: rig.store)
    invite = Invite(
      id: try #require(InviteID(bytes: [UInt8](repeating: 7, count: InviteID.size))),
      key: InviteKey(bytes: [UInt8](repeating: 1, count: 32)), uses: 100,
      expiry: Timestamp(microseconds: Timestamp.now.microseconds + 3_600_000_000),
      name: "{hostname}", options: [])
  }

  /// The request of a client for the invite, with a proof that is right.
  private func enrolment(_ number: UInt8, by id: [UInt8]) throws -> Enrolment {
    let request = JoinRequest(
      invite: id, nonce: [UInt8](repeating: 2, count: JoinRequest.nonceSize), host: "h\(number)")
    let nonce = [UInt8](repeating: 3, count: JoinRequest.nonceSize)
    let client = try pin(number)
    let receiver = try pin(255)
    let proof = invite.key.proof(
      of: InviteKey.Statement(
        receiver: receiver, client: client, clientNonce: request.nonce, receiverNonce: nonce,
        host: request.host))
    return Enrolment(
      request: request, client: client, receiver: receiver, receiverNonce: nonce, proof: proof,
      address: "127.0.0.2")
  }

  private func pin(_ number: UInt8) throws -> Pin {
    try #require(Pin(bytes: [UInt8](repeating: number, count: 32)))
  }

  @Test(
    "Of many clients that join at once a few are enrolled before the next receipts, and then all")
  func receiptComesBeforeEnrolments() throws {
    try InviteFile(lists).add(invite)
    var requests: [SessionRequest] = []
    for number in 1...20 {
      let enrolment = try enrolment(UInt8(number), by: invite.id.bytes)
      requests += try session.send(.enrol(ticket: UInt64(number), enrolment))
    }
    requests += try session.send(.publish(ticket: 100, rig.sealed("a")))
    try queue.handle(requests)
    let replies = try session.replies()
    #expect(replies.first?.receipt != nil && replies.count == 5)
    #expect(queue.dueAt < .now)
    while queue.dueAt < .now { try queue.handle([]) }
    #expect(try session.replies().count == 16)
  }

  @Test("An unknown invite is refused at once while another program changes the invites")
  func unknownInviteDoesNotWait() throws {
    let reasons = try lists.exclusively("invites") {
      try queue.handle(
        try session.send(.enrol(ticket: 1, enrolment(1, by: [UInt8](repeating: 8, count: 8)))))
      return try session.replies().map(\.reason)
    }
    #expect(reasons == [.notAllowed])
  }

  @Test("A client with an invite is told to try again while another program changes the invites")
  func busyListIsTriedAgain() throws {
    try InviteFile(lists).add(invite)
    let request = try session.send(.enrol(ticket: 1, enrolment(1, by: invite.id.bytes)))
    let replies = try lists.exclusively("invites") {
      try queue.handle(request)
      return try session.replies()
    }
    guard case .refusal(_, let refusal) = replies.first else {
      Issue.record("\(replies)")
      return
    }
    #expect(refusal.reason == .unavailable && refusal.retryAfter == 1)
    // A program that another test starts at this moment has the lock until it runs.
    var last: RecorderReply?
    repeat {
      try queue.handle(request)
      last = try session.replies().last
    } while last?.reason == .unavailable
    #expect(last == .enrolled(ticket: 1, name: "h1"))
  }
}
