import Testing
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder

@Suite("Requests that come again")
struct RepeatedRequestTests {
  private let rig: RecorderRig
  private let session: SessionEnd
  private let queue: RequestQueue

  init() throws {
    rig = try RecorderRig()
    session = try SessionEnd()
    queue = RequestQueue(rig.context, history: rig.store)
  }

  private func ask(_ request: RecorderRequest) throws -> RecorderReply {
    try queue.handle(try session.send(request))
    return try #require(try session.replies().first)
  }

  @Test("A transfer that is sent again after its delivery gets the same receipt")
  func repeatedTransferGetsSameReceipt() throws {
    let transfer = try rig.sealed("a")
    let first = try #require(try ask(.publish(ticket: 1, transfer)).receipt)
    let again = try #require(try ask(.publish(ticket: 2, transfer)).receipt)
    #expect(again.publishedAt == first.publishedAt && again.id == first.id)
    #expect(first.standing == .new && again.repeated)
    #expect(try rig.rows() == ["a completed"])
  }

  @Test("The same transfer twice in one turn is delivered once")
  func sameTransferTwiceIsDeliveredOnce() throws {
    let transfer = try rig.sealed("a")
    try queue.handle(
      try session.send(.publish(ticket: 1, transfer), .publish(ticket: 2, transfer)))
    let receipts = try session.replies().compactMap(\.receipt)
    #expect(receipts.map(\.standing) == [.new, .there])
    #expect(try rig.rows() == ["a completed"])
  }

  @Test("A look-up finds the delivery of the same client, and of no other")
  func lookUpFindsDeliveryOfItsClient() throws {
    let transfer = try rig.sealed("a")
    _ = try ask(.publish(ticket: 1, transfer))
    #expect(
      try ask(.find(ticket: 2, transfer.id, client: transfer.client, size: transfer.size, set: nil))
        .receipt?
        .standing == .there)
    let other = Client(address: "127.0.0.9")
    #expect(
      try ask(.find(ticket: 3, transfer.id, client: other, size: 1, set: nil)) == .done(ticket: 3))
  }

  @Test("An identified client finds its delivery from another address, and no other client does")
  func lookUpFollowsName() throws {
    let transfer = try rig.sealed("a", client: Client(address: "127.0.0.2", name: "cam-7"))
    _ = try ask(.publish(ticket: 1, transfer))
    let moved = Client(address: "127.0.0.9", name: "cam-7")
    #expect(
      try ask(.find(ticket: 2, transfer.id, client: moved, size: 1, set: nil)).receipt?.standing
        == .there)
    let others = [
      Client(address: "127.0.0.2"), Client(address: "127.0.0.2", name: "cam-8"),
    ]
    for (ticket, other) in zip(UInt64(3)..., others) {
      #expect(
        try ask(.find(ticket: ticket, transfer.id, client: other, size: 1, set: nil))
          == .done(ticket: ticket)
      )
    }
  }

  @Test("A transfer that an identified client sends again from another address gets its receipt")
  func repeatedTransferFollowsName() throws {
    let transfer = try rig.sealed("a", client: Client(address: "127.0.0.2", name: "cam-7"))
    let first = try #require(try ask(.publish(ticket: 1, transfer)).receipt)
    let moved = try rig.sealed(
      "a", id: transfer.id, client: Client(address: "127.0.0.9", name: "cam-7"))
    let again = try #require(try ask(.publish(ticket: 2, moved)).receipt)
    #expect(again.publishedAt == first.publishedAt && again.repeated)
    #expect(try rig.entries().map(\.client) == [transfer.client])
  }

  @Test("A file that was taken away may be delivered again under the id of the receipt")
  func removedFileMayBeDeliveredAgain() throws {
    let transfer = try rig.sealed("a")
    _ = try ask(.publish(ticket: 1, transfer))
    try rig.data.files.remove("a")
    let found = try ask(
      .find(ticket: 2, transfer.id, client: transfer.client, size: transfer.size, set: nil))
    #expect(found.receipt?.standing == .removed)
    let next = try #require(found.receipt?.next)
    let again = try ask(.publish(ticket: 3, rig.sealed("a", id: next)))
    #expect(again.receipt?.standing == .new && again.receipt?.id == next)
    #expect(try rig.rows() == ["a completed", "a completed"])
  }

  @Test("A failure that is sent again is one row with one failure")
  func repeatedFailureIsCountedOnce() throws {
    let failure = rig.failed("f")
    #expect(try ask(.fail(ticket: 1, failure)) == .done(ticket: 1))
    #expect(try ask(RecorderRequest.fail(ticket: 2, failure).resent) == .done(ticket: 2))
    let entries = try rig.entries()
    #expect(entries.map(\.attempts) == [1])
  }
}
