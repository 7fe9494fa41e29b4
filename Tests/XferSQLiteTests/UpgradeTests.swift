import GRDB
import Testing
import XferHistory
import XferProtocol

@testable import XferSQLite

@Suite("A history of the first version is upgraded in place")
struct UpgradeTests {
  private let history: TemporaryHistory
  private let delivered: SealedTransfer
  private let recorded: SealedTransfer

  /// A history with only the tables and indexes of the first version.
  init() throws {
    history = try TemporaryHistory()
    (delivered, recorded) = try (sealed("logs/a"), sealed("logs/b"))
    let queue = try DatabaseQueue(path: history.path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    }
    try HistorySchema.migrator.migrate(queue, upTo: "1 transfers and totals")
    try queue.write { try fill($0) }
    try queue.close()
  }

  private func fill(_ database: Database) throws {
    for (transfer, status) in [(delivered, 1), (recorded, 0)] {
      try database.execute(
        sql: """
          INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status,
            protocol, sha256, durability) VALUES (?, '127.0.0.2', ?, 10, 1000, ?, ?, 1, ?, 1)
          """,
        arguments: [
          transfer.id.data, transfer.name.text, status == 0 ? nil : 2000, status,
          transfer.digest?.data,
        ])
    }
    let failure = failed("logs/f")
    try database.execute(
      sql: """
        INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status,
          protocol, reason, detail) VALUES (?, '127.0.0.3', 'logs/f', 5, 1000, 1500, 2, 1, 'cut', '')
        """, arguments: [failure.id.data])
  }

  @Test("The upgrade of a history is reported once")
  func upgradeIsReportedOnce() throws {
    var times = 0
    for _ in 1...2 { try SQLiteWriter(path: history.path) { times += 1 }.close() }
    #expect(times == 1)
  }

  @Test("The upgrade of a history keeps its rows")
  func upgradeKeepsRows() throws {
    let writer = try history.writer()
    #expect(try history.entries().map(\.name) == ["logs/a", "logs/f"])
    #expect(try writer.receipt(of: delivered.id, from: "127.0.0.2")?.name == delivered.name)
    #expect(try writer.unpublished().map(\.transfer.id) == [recorded.id])
  }

  @Test("A row that the first version only recorded becomes history when it is published")
  func oldRecordedRowBecomesHistory() throws {
    let writer = try history.writer()
    let left = try writer.unpublished()
    try writer.complete(left.map { .published($0, at: second(100)) }, failures: [])
    #expect(try history.entries().map(\.name) == ["logs/b", "logs/a", "logs/f"])
    #expect(try writer.unpublished().isEmpty)
  }

  @Test("An id of a history of the first version gets no second row")
  func oldIdGetsNoSecondRow() throws {
    let writer = try history.writer()
    for transfer in [delivered, recorded] {
      #expect(try writer.record([transfer], .durable).isEmpty)
    }
  }

  @Test(
    "A history of the first version answers the same queries before and after its upgrade",
    arguments: ["logs/*", "*", "logs/f"])
  func oldHistoryAnswersTheSame(_ name: String) throws {
    let before = try HistoryFilter.Status.allCases.map {
      try history.entries(HistoryFilter(name: name, status: $0))
    }
    try history.writer().close()
    let after = try HistoryFilter.Status.allCases.map {
      try history.entries(HistoryFilter(name: name, status: $0))
    }
    #expect(before == after)
    #expect(before.contains { !$0.isEmpty })
  }
}
