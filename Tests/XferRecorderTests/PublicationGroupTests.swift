import Testing
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder

@Suite("The steps of a group")
struct PublicationGroupTests {
  private let rig: RecorderRig
  private let session: SessionEnd

  init() throws {
    rig = try RecorderRig()
    session = try SessionEnd()
  }

  private func group(_ transfers: SealedTransfer..., failures: [FailedTransfer] = [])
    -> PublicationGroup
  {
    var requests = GroupRequests()
    for (index, transfer) in transfers.enumerated() {
      _ = requests.take(transfer, for: session.ticket(UInt64(index + 1)))
    }
    for failure in failures { requests.take(failure, for: session.ticket(100)) }
    return PublicationGroup(requests, context: rig.context)
  }

  @Test("A file has its row before its name, and its receipt comes last")
  func rowThenNameThenHistoryThenReceipt() throws {
    let group = group(try rig.sealed("a"))
    defer { group.release() }
    try group.record()
    #expect(try rig.history.unpublished().map(\.transfer.name.text) == ["a"])
    #expect(try rig.published() == [] && rig.rows() == [] && session.replies() == [])

    try group.publish()
    #expect(try rig.published() == ["a"] && rig.incoming() == [])
    #expect(try rig.rows() == [] && session.replies() == [])

    try group.complete()
    #expect(try rig.rows() == ["a completed"] && rig.history.unpublished().isEmpty)
    #expect(try session.replies() == [])

    group.answer()
    let receipt = try #require(try session.replies().first?.receipt)
    #expect(receipt.name.text == "a" && receipt.standing == .new)
  }

  @Test("A group holds its files, so that no session can write to them")
  func filesAreLockedUntilRelease() throws {
    let transfer = try rig.sealed("a")
    let group = group(transfer)
    try group.record()
    #expect(try IncomingFile(transfer.incomingID, size: 1, in: rig.data.incoming) == nil)
    group.release()
    #expect(try IncomingFile(transfer.incomingID, size: 1, in: rig.data.incoming) != nil)
  }

  @Test("A rename that fails fails that transfer alone, and its content is removed")
  func failedRenameFailsOneTransfer() throws {
    try rig.write("of another program", to: "taken")
    let group = group(try rig.sealed("a"), try rig.sealed("taken"), try rig.sealed("b"))
    defer { group.release() }
    try group.record()
    try group.publish()
    try group.complete()
    group.answer()
    let replies = try session.replies()
    #expect(replies.map { $0.receipt?.name.text } == ["a", nil, "b"])
    #expect(replies.map(\.reason) == [nil, .exists, nil])
    #expect(try Set(rig.rows()) == ["a completed", "b completed", "taken failed"])
    #expect(try rig.published() == ["a", "b", "taken"] && rig.incoming() == [])
  }

  @Test("A file that was replaced after its seal gets no name")
  func replacedFileGetsNoName() throws {
    let transfer = try rig.sealed("a")
    let group = group(transfer)
    defer { group.release() }
    try group.record()
    try rig.data.incoming.remove(transfer.incomingID.description)
    _ = try rig.sealed("a", id: transfer.id)
    try group.publish()
    try group.complete()
    group.answer()
    #expect(try session.replies().map(\.reason) == [.corrupt])
    #expect(try rig.published() == [] && rig.rows() == ["a failed"])
  }

  @Test("A failure becomes a row with the group, and is answered with it")
  func failureIsAnsweredAfterItsRow() throws {
    let group = group(failures: [rig.failed("f")])
    try group.record()
    try group.publish()
    #expect(group.hasOutcomes)
    #expect(try session.replies() == [] && rig.rows() == [])
    try group.complete()
    group.answer()
    #expect(try session.replies() == [.done(ticket: 100)] && rig.rows() == ["f failed"])
  }

  @Test("A transfer without content is refused, and the others of its group are not")
  func missingContentIsRefusedAlone() throws {
    let missing = try rig.sealed("missing")
    try rig.data.incoming.remove(missing.incomingID.description)
    let group = group(missing, try rig.sealed("a"))
    defer { group.release() }
    try group.record()
    #expect(try session.replies().map(\.reason) == [.unavailable])
    #expect(try rig.history.unpublished().map(\.transfer.name.text) == ["a"])
  }
}
