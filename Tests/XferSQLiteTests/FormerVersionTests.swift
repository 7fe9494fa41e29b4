import GRDB
import Testing
import XferHistory
import XferProtocol

@testable import XferSQLite

@Suite("A history without segments can be read and upgraded")
struct FormerVersionTests {
  private let history: TemporaryHistory

  /// Rows of four segments with times out of order; some have failed, and some are only recorded.
  init() throws {
    history = try TemporaryHistory()
    let queue = try DatabaseQueue(path: history.path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    }
    try HistorySchema.migrator.migrate(queue, upTo: "4 home of recorded rows")
    try queue.write { database in for number in 1...120 { try add(number, to: database) } }
    try queue.close()
  }

  private func add(_ number: Int, to database: Database) throws {
    let (isFailed, isRecorded) = (number.isMultiple(of: 10), number.isMultiple(of: 15))
    try database.execute(
      sql: """
        INSERT INTO transfer (id, transfer_id, client_ip, name, size, started_at, finished_at, status,
          protocol, reason) VALUES (?, ?, ?, ?, 10, ?, ?, ?, 1, ?)
        """,
      arguments: [
        number * 500, TransferID.random().data, "10.0.0.\(number % 4)", "logs/\(number % 9)",
        number, second(Int64(number * 37 % 120)).microseconds,
        isRecorded ? 0 : isFailed ? 2 : 1, isFailed && !isRecorded ? "cut" : nil,
      ])
  }

  private static let filters: [HistoryFilter] = [nil, "*", "logs/*", "*3", "logs/3", "x*"].flatMap {
    name in
    [nil, "10.0.0.1", "10.0.0.2"].flatMap { client in
      HistoryFilter.Status.allCases.flatMap { status in
        [(nil, nil), (second(40), nil), (nil, second(80)), (second(40), second(80))].map {
          HistoryFilter(
            limit: 7, since: $0, until: $1, client: client, name: name, status: status)
        }
      }
    }
  }

  private func pages() throws -> [[HistoryEntry]] {
    let reader = try SQLiteReader(path: history.path)
    return try FormerVersionTests.filters.map { try reader.entries($0) }
  }

  @Test("The pages of a history without segments are the same before and after its upgrade")
  func upgradeKeepsPages() throws {
    let before = try pages()
    try history.writer().close()
    let after = try pages()
    for (filter, (one, other)) in zip(FormerVersionTests.filters, zip(before, after)) {
      #expect(one == other, "\(filter)")
    }
    #expect(before.contains { $0.count == 7 })
  }

  @Test("An open reader keeps working while the history is upgraded")
  func openReaderSurvivesUpgrade() throws {
    let reader = try SQLiteReader(path: history.path)
    let filter = HistoryFilter(limit: 7, name: "logs/*")
    let before = try reader.entries(filter)
    try history.writer().close()
    #expect(try reader.entries(filter) == before)
  }

  @Test("A history without names of clients answers a query by name, before and after its upgrade")
  func filterByNameFindsNothing() throws {
    let filter = HistoryFilter(client: "cam-7")
    #expect(try history.entries(filter).isEmpty)
    #expect(try history.summary().all.transfers == 0)
    try history.writer().close()
    #expect(try history.entries(filter).isEmpty)
    #expect(try history.entries().allSatisfy { $0.client.name == nil })
  }

  @Test("A client of an old history keeps its receipts and its counts after the upgrade")
  func upgradeKeepsOwners() throws {
    let old = try history.entries(HistoryFilter(client: "10.0.0.1"))
    let writer = try history.writer()
    for entry in old where entry.status == .completed {
      let id = try #require(entry.transferID)
      #expect(try writer.receipt(of: id, from: "10.0.0.1") != nil)
      #expect(try writer.receipt(of: id, from: Client(address: "10.0.0.1", name: "cam-7")) == nil)
      #expect(try writer.record([try sealed(id: id, client: "10.0.0.1")], .lazy).isEmpty)
    }
    #expect(old.count == 28)
  }

  @Test("A recorded row of an old history is on the pages after it is published")
  func oldRecordedRowsArePublished() throws {
    let writer = try history.writer()
    let left = try writer.unpublished()
    #expect(left.count == 8)
    try writer.complete(left.map { .published($0, at: second(500)) }, failures: [])
    let newest = try history.entries(HistoryFilter(limit: 8, name: "logs/*")).map(\.id)
    #expect(newest == left.map(\.row).sorted(by: >))
  }
}
