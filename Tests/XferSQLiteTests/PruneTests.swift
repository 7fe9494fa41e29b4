import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSystem

@testable import XferSQLite

@Suite("Pruning removes old rows and changes no totals")
struct PruneTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  /// Adds deliveries at the seconds 1 to 10, and a failure that is newer than all of them.
  private func fill() throws {
    for number in 1...10 {
      try writer.deliver(try sealed("\(number)", size: 10), at: second(Int64(number)))
    }
    try writer.complete([], failures: [failed("f")])
  }

  @Test("Old rows are removed in slices, oldest first, and the totals stay")
  func oldestRowsArePrunedFirst() throws {
    try fill()
    let before = try history.summary().all
    let limits = PruneLimits(before: second(8))
    #expect(try writer.prune(limits, atMost: 3) == 3)
    #expect(try history.entries().map(\.name) == ["f", "10", "9", "8", "7", "6", "5", "4"])
    #expect(try writer.prune(limits, atMost: 100) == 4)
    #expect(try writer.prune(limits, atMost: 100) == 0)
    #expect(try history.entries(HistoryFilter(name: "*")).map(\.name) == ["f", "10", "9", "8"])
    let after = try history.summary().all
    #expect((after.transfers, after.bytes, after.failures) == (10, 100, 1))
    #expect((before.transfers, before.bytes, before.failures) == (10, 100, 1))
  }

  @Test("Failures can be pruned without completed rows")
  func failuresArePrunedSeparately() throws {
    try writer.complete([], failures: (1...5).map { failed("\($0)") })
    try fill()
    let later = Timestamp(microseconds: Timestamp.now.microseconds + 1_000_000)
    #expect(try writer.prune(PruneLimits(failedBefore: later), atMost: 100) == 5)
    #expect(try history.entries(HistoryFilter(status: .failed)).map(\.name) == ["f"])
    #expect(try history.entries(HistoryFilter(status: .completed)).count == 10)
  }

  @Test("Pruning keeps recorded rows and the newest row, so that ids only grow")
  func recordedAndNewestRowsAreKept() throws {
    let recorded = try writer.record([try sealed("recorded")], .lazy)
    try fill()
    let newest = try #require(try history.entries().first?.id)
    let later = Timestamp(microseconds: Timestamp.now.microseconds + 1_000_000)
    #expect(try writer.prune(PruneLimits(before: later), atMost: 100) == 10)
    #expect(try writer.unpublished().map(\.row) == recorded.map(\.row))
    try writer.deliver(try sealed("next"))
    #expect(try #require(try history.entries(HistoryFilter(name: "next")).first?.id) > newest)
  }

  @Test("A transfer that was pruned is treated as new")
  func prunedTransferIsNew() throws {
    let transfer = try sealed("a")
    try writer.deliver(transfer, at: second(1))
    try fill()
    _ = try writer.prune(PruneLimits(before: second(2)), atMost: 100)
    #expect(try writer.receipt(of: transfer.id, from: transfer.client) == nil)
    #expect(try writer.record([transfer], .lazy).count == 1)
  }

  @Test("Pruning removes segments without rows")
  func emptySegmentsAreRemoved() throws {
    try writer.deliver(try sealed("first"), at: second(1))
    let queue = try DatabaseQueue(path: history.path)
    try writer.complete([], failures: [failed("f", startedAt: second(1))])
    try queue.write { database in
      try database.execute(sql: "UPDATE transfer SET id = 1 << 20 WHERE name = 'f'")
      try database.execute(sql: "INSERT INTO segment VALUES (64, 1, 1)")
    }
    try writer.deliver(try sealed("middle"), at: second(2))
    try queue.write { database in
      try database.execute(sql: "UPDATE transfer SET id = 1 << 21 WHERE name = 'middle'")
      try database.execute(sql: "UPDATE segment SET id = 128 WHERE id = 64")
      try database.execute(sql: "INSERT INTO segment VALUES (64, 1, 1)")
    }
    try writer.complete([], failures: [failed("f", startedAt: second(2))])
    func segments() throws -> [Int64] {
      try queue.read { try Int64.fetchAll($0, sql: "SELECT id FROM segment ORDER BY id") }
    }
    #expect(try segments() == [0, 128])
    #expect(try writer.prune(PruneLimits(before: second(2)), atMost: 100) == 1)
    #expect(try segments() == [128])
  }

  @Test("The space of pruned rows is reused")
  func spaceOfPrunedRowsIsReused() throws {
    let queue = try DatabaseQueue(path: history.path)
    func pages() throws -> Int {
      try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count")! }
    }
    func add() throws {
      let recorded = try writer.record((0..<5000).map { try sealed("\($0)") }, .lazy)
      try writer.complete(recorded.map { .published($0, at: second(1)) }, failures: [])
    }
    try add()
    let before = try pages()
    for _ in 1...3 {
      while try writer.prune(PruneLimits(before: second(2)), atMost: 1000) > 0 {}
      try add()
    }
    #expect(try pages() < before * 5 / 4)
  }
}
