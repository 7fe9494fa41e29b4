import GRDB
import Synchronization
import Testing
import XferHistory
import XferProtocol

@testable import XferSQLite

@Suite("Every query ends within its bounds")
struct QuestionTests {
  private let history: TemporaryHistory

  /// Rows that the costly patterns take minutes to search. One name in five ends with an x.
  init() throws {
    history = try TemporaryHistory()
    try history.writer().close()
    try DatabaseQueue(path: history.path).write { database in
      try database.execute(
        sql: """
          WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 50000)
          INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status,
            protocol)
          SELECT randomblob(16), '10.0.0.1', printf('%d/%.*c', n, 1000, 'a') || iif(n % 5, '', 'x'),
            1, n, n, 1, 1
          FROM number;
          INSERT INTO segment SELECT id >> 14, min(finished_at), max(finished_at)
          FROM transfer GROUP BY id >> 14;
          """)
    }
  }

  private static let costly = HistoryFilter(
    name: "*[" + String(repeating: "y", count: 1000) + "]")
  /// Finds rows, each of which takes more time than it adds to the deadline.
  private static let seldom = HistoryFilter(
    name: "*[" + String(repeating: "y", count: 1000) + "x]")

  @Test("A query is cancelled at its deadline", .timeLimit(.minutes(20)))
  func queryStopsAtDeadline() throws {
    let reader = try SQLiteReader(path: history.path, patience: QuestionPatience(seconds: 1))
    let error = #expect(throws: QuestionBrokenOff.self) {
      try reader.entries(QuestionTests.costly)
    }
    #expect(error?.description.contains("took longer than 1 seconds and one more") == true)
    // The next query has a deadline of its own.
    #expect(try reader.entries(HistoryFilter(limit: 5)).count == 5)
  }

  @Test(
    "A query is cancelled at its deadline even if it keeps finding rows slowly",
    .timeLimit(.minutes(20)))
  func slowRowsDoNotExtendDeadline() throws {
    let reader = try SQLiteReader(path: history.path, patience: QuestionPatience(seconds: 1))
    var count = 0
    #expect(throws: QuestionBrokenOff.self) {
      try reader.entries(QuestionTests.seldom) { _ in count += 1 }
    }
    #expect(count < 10_000)
  }

  @Test("A query that finds rows fast runs to its last row", .timeLimit(.minutes(20)))
  func fastRowsExtendDeadline() throws {
    let reader = try SQLiteReader(
      path: history.path, patience: QuestionPatience(seconds: 1) { .silent })
    #expect(try reader.entries(HistoryFilter()).count == 50_000)
  }

  @Test(
    "A costly query is cancelled soon after its client closed its sending side",
    .timeLimit(.minutes(20)))
  func halfClosedConnectionCancelsQuery() throws {
    let reader = try SQLiteReader(
      path: history.path, patience: QuestionPatience(seconds: 1000) { .silent })
    let error = #expect(throws: QuestionBrokenOff.self) {
      try reader.entries(QuestionTests.costly)
    }
    #expect(error?.description.contains("closed its sending side") == true)
  }

  @Test(
    "The write-ahead log can be truncated between the transactions of a long query",
    .timeLimit(.minutes(20)))
  func logIsTruncatedBetweenTransactions() throws {
    let reader = try SQLiteReader(path: history.path, patience: QuestionPatience(seconds: 1000))
    let writer = try DatabaseQueue(path: history.path)
    var pages = try SQLitePages(QuestionTests.costly, from: reader)
    for number in 1...8 {
      #expect(try pages.next() == [])
      try writer.inDatabase { database in
        try database.execute(sql: "UPDATE total SET failures = ?", arguments: [number])
        let log = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(log?["busy"] == 0)
      }
    }
  }

  @Test("A query is cancelled when its client has disconnected", .timeLimit(.minutes(20)))
  func closedConnectionCancelsQuery() throws {
    let looks = Mutex(0)
    let patience = QuestionPatience(seconds: 1000) {
      looks.withLock { looks in
        looks += 1
        return looks > 3 ? .gone : .there
      }
    }
    let reader = try SQLiteReader(path: history.path, patience: patience)
    #expect(throws: QuestionBrokenOff.self) { try reader.entries(QuestionTests.costly) }
  }

  @Test("The history of a client that has disconnected is opened, and its query is cancelled")
  func openingIsNotCancelled() throws {
    let patience = QuestionPatience(seconds: 1000) { .gone }
    let reader = try SQLiteReader(path: history.path, patience: patience)
    #expect(throws: QuestionBrokenOff.self) { try reader.entries(QuestionTests.costly) }
  }

  @Test("A pattern that is longer than any name is refused")
  func overlongPatternIsRefused() throws {
    let name = String(repeating: "é", count: 513)
    #expect(throws: HistoryFilter.Unanswerable.self) {
      try history.entries(HistoryFilter(name: name))
    }
  }

  @Test(
    "Rows with long texts are all returned, in pages of bounded bytes", .timeLimit(.minutes(20)))
  func pagesAreBoundedInBytes() throws {
    let reader = try SQLiteReader(path: history.path)
    var pages = try SQLitePages(HistoryFilter(limit: 300), from: reader, bytes: 16 << 10)
    var ids: [Int64] = []
    while let page = try pages.next() {
      #expect(page.count <= 17)
      ids += page.map(\.id)
    }
    #expect(ids == (49_701...50_000).reversed())
  }
}
