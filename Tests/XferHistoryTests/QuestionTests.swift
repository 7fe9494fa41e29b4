import GRDB
import Synchronization
import Testing
import XferProtocol

@testable import XferHistory

@Suite("A question ends, whatever is asked")
struct QuestionTests {
  private let history: TemporaryHistory

  /// Rows that the costly pattern needs minutes for.
  init() throws {
    history = try TemporaryHistory()
    try history.writer().close()
    try DatabaseQueue(path: history.path).write { database in
      try database.execute(
        sql: """
          WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 50000)
          INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status,
            protocol)
          SELECT randomblob(16), '10.0.0.1', printf('%d/%.*c', n, 1000, 'a'), 1, n, n, 1, 1
          FROM number;
          INSERT INTO segment SELECT id >> 14, min(finished_at), max(finished_at)
          FROM transfer GROUP BY id >> 14;
          """)
    }
  }

  private static let costly = HistoryFilter(
    name: "*[" + String(repeating: "x", count: 1000) + "]")

  @Test("After its time", .timeLimit(.minutes(1)))
  func deadline() throws {
    let reader = try HistoryReader(path: history.path, patience: QuestionPatience(seconds: 1))
    let error = #expect(throws: QuestionBrokenOff.self) {
      try reader.entries(QuestionTests.costly)
    }
    #expect(error?.description.contains("took longer than 1 seconds; narrow it") == true)
    // The next one has its own time.
    #expect(try reader.entries(HistoryFilter(limit: 5)).count == 5)
  }

  @Test("When its asker has left", .timeLimit(.minutes(1)))
  func left() throws {
    let looks = Mutex(0)
    let patience = QuestionPatience(seconds: 1000) {
      looks.withLock { looks in
        looks += 1
        return looks > 3
      }
    }
    let reader = try HistoryReader(path: history.path, patience: patience)
    #expect(throws: QuestionBrokenOff.self) { try reader.entries(QuestionTests.costly) }
  }

  @Test("A pattern longer than any name is not begun with")
  func pattern() throws {
    let name = String(repeating: "é", count: 513)
    #expect(throws: HistoryFilter.Unanswerable.self) {
      try history.entries(HistoryFilter(name: name))
    }
  }

  @Test("Rows with long texts come in small pages, and all of them come", .timeLimit(.minutes(1)))
  func smallPages() throws {
    let reader = try HistoryReader(path: history.path)
    var pages = try HistoryPages(HistoryFilter(limit: 300), bytes: 16 << 10)
    var ids: [Int64] = []
    while let page = try pages.next(from: reader) {
      #expect(page.count <= 17)
      ids += page.map(\.id)
    }
    #expect(ids == (49_701...50_000).reversed())
  }
}
