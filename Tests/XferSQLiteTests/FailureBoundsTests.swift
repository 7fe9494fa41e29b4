import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSystem

@testable import XferSQLite

@Suite("The number of rows of failures is bounded")
struct FailureBoundsTests {
  private let history: TemporaryHistory

  init() throws { history = try TemporaryHistory() }

  private func writer(_ ofClient: Int64, ofAll: Int64 = 1_000_000) throws -> SQLiteWriter {
    var bounds = FailureBounds()
    (bounds.ofClient, bounds.ofAll) = (ofClient, ofAll)
    return try SQLiteWriter(path: history.path, failureBounds: bounds)
  }

  private func failures(_ numbers: ClosedRange<Int>, _ client: Client) -> [FailedTransfer] {
    numbers.map { failed("\($0)", client: client, startedAt: second(Int64($0))) }
  }

  private func names(_ client: String) throws -> [String] {
    try history.entries(HistoryFilter(limit: 1000, client: client)).map(\.name)
  }

  private func counts() throws -> [String: Int64] {
    let rows = try DatabaseQueue(path: history.path).read {
      try Row.fetchAll($0, sql: "SELECT * FROM failed_rows")
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["client_ip"], $0["rows"]) })
  }

  @Test("Only the newest failures of a client keep their rows, and the totals count all")
  func newestFailuresOfEachClientAreKept() throws {
    let writer = try writer(5)
    try writer.deliver(try sealed("delivered", client: "10.0.0.1"))
    for number in 1...20 {
      try writer.complete([], failures: failures(number...number, "10.0.0.1"))
    }
    try writer.complete([], failures: failures(1...3, "10.0.0.2") + failures(21...28, "10.0.0.1"))
    #expect(try names("10.0.0.1") == ["28", "27", "26", "25", "24", "delivered"])
    #expect(try names("10.0.0.2") == ["3", "2", "1"])
    let summary = try history.summary()
    #expect((summary.all.transfers, summary.all.failures) == (1, 31))
    #expect(summary.failures.map(\.count) == [31])
    #expect(summary.busiest.first?.sum.failures == 28)
  }

  @Test("A client keeps 10,000 rows of failures by default")
  func clientKeeps10000Failures() throws {
    let writer = try history.writer()
    for start in stride(from: 1, through: 10_501, by: 500) {
      try writer.complete([], failures: failures(start...start + 499, "10.0.0.1"))
    }
    #expect(try counts()["10.0.0.1"] == 10_000)
    #expect(try history.summary().all.failures == 11_000)
  }

  @Test("The database stops growing when the failures reach their bound")
  func databaseSizeIsBounded() throws {
    let writer = try writer(1000)
    let queue = try DatabaseQueue(path: history.path)
    func pages(after numbers: ClosedRange<Int>) throws -> Int {
      for number in numbers {
        let failures = (1...50).map { _ in failed("\(number)/\(TransferID.random())") }
        try writer.complete([], failures: failures)
      }
      return try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count")! }
    }
    let before = try pages(after: 1...40)
    #expect(try pages(after: 41...200) < before * 11 / 10)
  }

  @Test("A repeated failure updates its own row and evicts no other")
  func repeatedFailureEvictsNoOtherRow() throws {
    let writer = try writer(3)
    try writer.complete([], failures: failures(1...3, "10.0.0.1"))
    for number in 10...30 {
      try writer.complete(
        [], failures: [failed("3", client: "10.0.0.1", startedAt: second(Int64(number)))])
    }
    #expect(try names("10.0.0.1") == ["3", "2", "1"])
    #expect(try history.entries().first?.attempts == 22)
  }

  @Test("The failures of all clients together are bounded")
  func failuresOfAllClientsAreBounded() throws {
    let writer = try writer(5, ofAll: 8)
    for number in 1...20 {
      try writer.complete([], failures: failures(number...number, "10.0.0.\(number)"))
    }
    #expect(try history.entries().map(\.name) == (13...20).reversed().map(String.init))
    #expect(try history.summary().all.failures == 20)
    #expect(try counts().count == 9)
  }

  @Test("A recorded transfer that cannot be published counts against the bound and may be retried")
  func unpublishedTransfersCountAgainstBound() throws {
    let writer = try writer(3)
    let transfers = try (1...6).map { try sealed("\($0)", client: "10.0.0.1") }
    let recorded = try writer.record(transfers, .lazy)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    #expect(try names("10.0.0.1") == ["6", "5", "4"])
    #expect(try writer.record(transfers, .lazy).count == 6)
  }

  @Test("Pruned failures no longer count against the bound")
  func prunedFailuresFreeTheBound() throws {
    let writer = try writer(5)
    try writer.complete([], failures: failures(1...5, "10.0.0.1"))
    let later = Timestamp(microseconds: Timestamp.now.microseconds + 1_000_000)
    #expect(try writer.prune(PruneLimits(failedBefore: later), atMost: 3) == 3)
    #expect(try counts() == ["": 2, "10.0.0.1": 2])
    try writer.complete([], failures: failures(6...8, "10.0.0.1"))
    #expect(try names("10.0.0.1") == ["8", "7", "6", "5", "4"])
  }

  @Test("An upgraded history above the bound shrinks a few rows at a time")
  func upgradedHistoryShrinksToBound() throws {
    let queue = try DatabaseQueue(path: history.path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    }
    try HistorySchema.migrator.migrate(queue, upTo: "7 counted failures")
    for number in 1...10 { try add(number, queue) }
    try queue.close()
    let writer = try writer(4)
    #expect(try counts() == ["": 10, "10.0.0.1": 10])
    for number in 11...15 {
      try writer.complete([], failures: failures(number...number, "10.0.0.1"))
      #expect(try counts()["10.0.0.1"] == max(4, 10 - Int64(number - 10)))
    }
  }

  private func add(_ number: Int, _ queue: DatabaseQueue) throws {
    try queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status,
            protocol, reason) VALUES (?, '10.0.0.1', ?, 10, ?, ?, 2, 1, 'cut')
          """, arguments: [TransferID.random().data, "\(number)", number, number])
    }
  }
}
