import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

@Suite("The recorder writes each delivery once")
struct SQLiteWriterTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  @Test("The row of a completed transfer has all values of the transfer")
  func completedRowHasAllValues() throws {
    let transfer = try sealed("photos/a.jpg", size: 1_000_000)
    try writer.deliver(transfer, at: second(101))
    let entry = try #require(try history.entries().first)
    #expect(entry.transferID == transfer.id)
    #expect(entry.client.address == "127.0.0.2")
    #expect(entry.name == "photos/a.jpg")
    #expect(entry.size == 1_000_000)
    #expect((entry.startedAt, entry.finishedAt) == (second(99), second(101)))
    #expect((entry.status, entry.reason, entry.detail) == (.completed, nil, nil))
    #expect(entry.digest == transfer.digest)
    #expect(entry.wire == .native)
    #expect(entry.bytesPerSecond == 500_000)
  }

  @Test("A recorded transfer is not shown or counted, and is listed as unpublished")
  func recordedTransferIsHidden() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    #expect(recorded.map(\.transfer) == [transfer])
    #expect(try history.entries() == [])
    #expect(try history.summary().all.transfers == 0)
    #expect(try writer.receipt(of: transfer.id, from: "127.0.0.2") == nil)
    #expect(try writer.unpublished().map(\.transfer.id) == [transfer.id])
    #expect(try writer.unpublished().map(\.row) == recorded.map(\.row))
  }

  @Test("Recording a group returns its rows in the order of the transfers")
  func rowsKeepOrderOfGroup() throws {
    let transfers = try (0..<20).map { try sealed("\($0)") }
    #expect(try writer.record(transfers, .durable).map(\.transfer) == transfers)
  }

  @Test("A transfer id has one row, whether it is recorded or completed")
  func idHasOneRow() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    #expect(try writer.record([transfer], .durable).isEmpty)
    try writer.complete(recorded.map { .published($0, at: second(100)) }, failures: [])
    #expect(try writer.record([transfer], .durable).isEmpty)
    #expect(try writer.record([try sealed("b", id: transfer.id)], .durable).isEmpty)
    #expect(try history.entries().count == 1)
    #expect(try writer.unpublished().isEmpty)
  }

  @Test("A group is recorded completely or not at all")
  func groupIsRecordedAtomically() throws {
    let refuse = """
      CREATE TRIGGER refuse BEFORE INSERT ON transfer WHEN new.name = 'bad'
      BEGIN SELECT raise(ABORT, 'not this one'); END
      """
    try DatabaseQueue(path: history.path).write { try $0.execute(sql: refuse) }
    let group = try [sealed("good"), sealed("bad")]
    #expect(throws: (any Error).self) { try writer.record(group, .durable) }
    #expect(try writer.unpublished().isEmpty)
  }

  @Test("A transfer id that occurs twice in a group has one row")
  func duplicateInGroupHasOneRow() throws {
    let transfer = try sealed()
    let group = try [sealed("b"), transfer, transfer].map { ($0, FileIdentity(inode: 1, born: 1)) }
    let recorded = try writer.record(group, .durable)
    #expect(recorded.map(\.?.transfer.name.text) == ["b", "a", nil])
    #expect(try writer.unpublished().count == 2)
  }

  @Test("A publication that is reported twice counts once")
  func repeatedPublicationCountsOnce() throws {
    let recorded = try writer.record([try sealed(size: 10)], .durable)
    for moment in [second(100), second(200)] {
      try writer.complete(recorded.map { .published($0, at: moment) }, failures: [])
    }
    #expect(try history.entries().map(\.finishedAt) == [second(100)])
    let all = try history.summary().all
    #expect((all.transfers, all.bytes, all.failures) == (1, 10, 0))
  }

  @Test("A delivered transfer has a receipt that is marked as repeated")
  func deliveredTransferHasReceipt() throws {
    let transfer = try sealed("a", size: 10)
    try writer.deliver(transfer, at: second(100))
    let expected = Receipt(
      id: transfer.id, name: transfer.name, size: 10, digest: transfer.digest,
      startedAt: second(99), publishedAt: second(100), durability: .lazy, standing: .there)
    #expect(try writer.receipt(of: transfer.id, from: "127.0.0.2") == expected)
    #expect(try writer.receipt(of: .random(), from: "127.0.0.2") == nil)
  }

  @Test("A backup has all completed rows and no recorded ones")
  func backupOmitsRecordedRows() throws {
    try writer.deliver(try sealed("a"))
    _ = try writer.record([try sealed("b")], .durable)
    let copy = history.directory + "/copy.sqlite"
    try SQLiteReader(path: history.path).backUp(to: copy)
    let restored = try SQLiteWriter(path: copy)
    #expect(try SQLiteReader(path: copy).entries(HistoryFilter()).map(\.name) == ["a"])
    #expect(try restored.unpublished().isEmpty)
  }

  @Test("A recorded row has the identity of its file until it is completed")
  func recordedRowHasInodeUntilCompleted() throws {
    let file = FileIdentity(inode: .max, born: .max)
    let recorded = try writer.record([(try sealed("a"), file)], .lazy).compactMap(\.self)
    #expect(try writer.unpublished().map(\.file) == [file])
    #expect(try writer.unpublished().map(\.durability) == [.lazy])
    try writer.complete(recorded.map { .published($0, at: second(100)) }, failures: [])
    let sql = "SELECT count(*) FROM transfer WHERE inode IS NULL AND inode_born IS NULL"
    #expect(try DatabaseQueue(path: history.path).read { try Int.fetchOne($0, sql: sql) } == 1)
  }

  @Test("A history that is closed and opened again has all its rows")
  func historyPersists() throws {
    try writer.deliver(try sealed("a"))
    _ = try writer.record([try sealed("b")], .durable)
    try writer.close()
    let again = try history.writer()
    #expect(try history.entries().map(\.name) == ["a"])
    #expect(try again.unpublished().map(\.transfer.name.text) == ["b"])
  }
}
