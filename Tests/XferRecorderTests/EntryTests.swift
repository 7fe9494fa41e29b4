import FoundationEssentials
import Testing
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder

@Suite("Directories and links get receipts and rows as files do")
struct EntryTests {
  let rig: RecorderRig
  let queue: RequestQueue
  let session: SessionEnd

  init() throws {
    rig = try RecorderRig()
    queue = RequestQueue(rig.context, history: rig.store)
    session = try SessionEnd()
  }

  private func entry(
    _ kind: FileAttributes.Kind, as name: String, id: TransferID = .random(),
    mode: UInt32? = 0o755, modified: Int64? = 1_000_000_000
  ) throws -> SealedTransfer {
    SealedTransfer(
      id: id, name: try FileName(name), size: 0, client: Client(address: "127.0.0.2"),
      wire: .native, startedAt: .now, digest: nil, isSynced: true,
      properties: FileAttributes(kind: kind, mode: mode, modified: modified))
  }

  private func publish(_ transfers: SealedTransfer...) throws -> [RecorderReply] {
    let requests = transfers.enumerated().map {
      RecorderRequest.publish(ticket: UInt64($0.offset), $0.element)
    }
    try queue.handle(try session.send(requests))
    return try session.replies()
  }

  private func standing(_ reply: RecorderReply?) -> Receipt.Standing? {
    if case .receipt(_, let receipt)? = reply { receipt.standing } else { nil }
  }

  @Test("A directory, a link and a file in one group are all there, with their rows")
  func groupOfAllKinds() throws {
    let replies = try publish(
      rig.sealed("d/file"), entry(.link(target: "file"), as: "d/link"), entry(.directory, as: "d"))
    #expect(replies.map { standing($0) } == [.new, .new, .new])
    let rows = try rig.entries()
    #expect(Set(rows.map(\.name)) == ["d", "d/link", "d/file"])
    #expect(rows.first { $0.name == "d/link" }?.properties.kind == .link(target: "file"))
    #expect(rows.first { $0.name == "d" }?.properties.mode == 0o755)
    #expect(try rig.data.files.status(of: "d")?.modified == 1_000_000_000)
  }

  @Test("A repeated offer of an unchanged directory or link has the same receipt and no second row")
  func repeatedEntryHasOneRow() throws {
    let (directory, link) = (TransferID.random(), TransferID.random())
    for round in 0..<3 {
      let replies = try publish(
        entry(.directory, as: "d", id: directory), entry(.link(target: "x"), as: "l", id: link))
      let expected = round == 0 ? Receipt.Standing.new : .there
      #expect(replies.map { standing($0) } == [expected, expected])
    }
    #expect(try rig.entries().count == 2)
  }

  @Test("A directory or link that was changed since its delivery is to be delivered again")
  func changedEntryIsDeliveredAgain() throws {
    let (directory, link) = (TransferID.random(), TransferID.random())
    let entries = {
      [
        try entry(.directory, as: "d", id: directory),
        try entry(.link(target: "x"), as: "l", id: link),
      ]
    }
    for transfer in try entries() { _ = try publish(transfer) }
    try rig.write("", to: "d/new")
    try FileManager.default.removeItem(atPath: rig.path + "/files/l")
    for transfer in try entries() {
      let replies = try publish(transfer)
      #expect(replies.map { standing($0) } == [.removed])
    }
  }

  @Test("A link in place of another file is refused, and has a failed row")
  func takenNameIsRefused() throws {
    try rig.write("content", to: "taken")
    let reply = try publish(entry(.link(target: "x"), as: "taken")).first
    guard case .refusal(_, let refusal)? = reply else {
      Issue.record("\(String(describing: reply))")
      return
    }
    #expect(refusal.reason == .exists)
    #expect(try rig.rows() == ["taken failed"])
  }

  @Test("A directory or link that was recorded before a crash is made by the next recorder")
  func recordedEntryIsMadeAfterCrash() throws {
    let transfers = [
      try entry(.directory, as: "d"), try entry(.link(target: "d"), as: "l"),
    ]
    _ = try rig.history.record(transfers.map { ($0, nil) }, .durable)
    #expect(try rig.entries().isEmpty)
    for _ in 0..<2 {
      try Recovery(rig.context, data: rig.data, afterPowerLoss: true).run()
      #expect(try rig.published() == ["d", "l"])
      #expect(try rig.rows().sorted() == ["d completed", "l completed"])
    }
  }
}
