import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSystem

@testable import XferSQLite

@Suite("Pages of a long history are complete and fast")
struct PageTests {
  private let history: TemporaryHistory

  /// Three segments with overlapping times, as after two steps of the clock back. Some rows of the
  /// first segment became history last. Three rows share each time, one in 100 is a failure, and
  /// early names are in the first segment alone. One row in 40 is of an identified client, which
  /// shares an address with another one and with clients that are not identified.
  init() throws {
    history = try TemporaryHistory()
    let writer = try history.writer()
    var (late, failures) = ([RecordedTransfer](), [FailedTransfer]())
    for (part, clock) in zip(0..., [Int64(0), 3000, 1000]) {
      let numbers = part * 16_000..<part * 16_000 + 16_000
      let recorded = try writer.record(numbers.map(PageTests.transfer), .lazy)
      let finished = recorded.enumerated().dropFirst(5).map {
        Publication.published($1, at: second(Int64($0 / 3) + clock))
      }
      try writer.complete(finished, failures: [])
      late += recorded.prefix(5)
      failures += numbers.filter { $0.isMultiple(of: 100) }.map(PageTests.failure)
    }
    for (row, moment) in zip(late, [9000, 9000, -1, 4000, 9001, 8000, -9, 3, 2, 1]) {
      try writer.complete([.published(row, at: second(Int64(moment)))], failures: [])
    }
    try writer.complete([], failures: failures)
    try writer.close()
  }

  private static func name(_ number: Int) -> String {
    number < 10_500 ? "day/early/\(number)" : "day/\(number % 7)/\(number)"
  }

  private static func client(_ number: Int) -> Client {
    let address = number.isMultiple(of: 50) ? "10.0.0.2" : "10.0.0.1"
    let name = [0: "cam-7", 20: "cam-8"][number % 80]
    return Client(address: address, name: name)
  }

  private static func transfer(_ number: Int) throws -> SealedTransfer {
    try sealed(name(number), client: client(number))
  }

  private static func failure(_ number: Int) -> FailedTransfer {
    failed(name(number), client: client(number))
  }

  /// Returns all rows with matching names in their order, by a scan of the whole table.
  private func everyRow(_ glob: String) throws -> [HistoryEntry] {
    try DatabaseQueue(path: history.path).read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM transfer NOT INDEXED WHERE status > 0 AND name GLOB ?
          ORDER BY finished_at DESC, id DESC
          """, arguments: [glob]
      ).compactMap(HistoryEntry.init)
    }
  }

  private func page(_ filter: HistoryFilter, of all: [HistoryEntry]) -> [Int64] {
    let found = all.lazy.filter { entry in
      (filter.client.map { [entry.client.address, entry.client.name].contains($0) } ?? true)
        && (filter.since.map { entry.finishedAt >= $0 } ?? true)
        && (filter.until.map { entry.finishedAt < $0 } ?? true)
        && filter.status.rawValue & entry.status.rawValue > 0
    }
    return found.prefix(Int(filter.limit)).map(\.id)
  }

  private static let filters: [HistoryFilter] = [
    nil, "10.0.0.1", "10.0.0.2", "::1", "cam-7", "cam-9",
  ].flatMap { client in
    HistoryFilter.Status.allCases.flatMap { status in
      [(nil, nil), (second(6500), nil), (nil, second(1200)), (second(1000), second(1010))].map {
        HistoryFilter(limit: 20, since: $0, until: $1, client: client, status: status)
      }
    }
  }

  private static let names = [
    nil, "*", "day/*", "day/early/*", "day/3/*", "day/3/9999*", "day/3/30005", "day/early/12",
    "*99",
    "day/[0-3]/*99", "d?y/3*", "other*",
  ]

  @Test("A page has the same rows as a scan of the whole table")
  func pageMatchesTableScan() throws {
    for name in PageTests.names {
      let all = try everyRow(name ?? "*")
      for var filter in PageTests.filters {
        filter.name = name
        #expect(try history.entries(filter).map(\.id) == page(filter, of: all), "\(filter)")
      }
    }
  }

  @Test("A page from many short transactions has the same rows as a scan of the whole table")
  func partialPagesMatchTableScan() throws {
    let reader = try SQLiteReader(path: history.path)
    for name in PageTests.names {
      let all = try everyRow(name ?? "*")
      for var filter in PageTests.filters {
        filter.name = name
        var pages = try SQLitePages(filter, from: reader, rows: 7, reach: HistoryReach(rows: 3000))
        var found: [Int64] = []
        while let entries = try pages.next() { found += entries.map(\.id) }
        #expect(found == page(filter, of: all), "\(filter)")
      }
    }
  }

  private static let long: [(name: String?, client: String?)] = [
    ("day/*", "10.0.0.2"), ("day/early/*", nil), ("day/3/*", nil), (nil, "10.0.0.2"),
    (nil, "cam-7"), ("day/*", "cam-7"),
  ]

  @Test("Consecutive pages have no gap and no duplicate")
  func pagesHaveNoGapAndNoDuplicate() throws {
    for (name, client) in PageTests.long {
      var filter = HistoryFilter(limit: 1_000_000, client: client, name: name)
      let all = page(filter, of: try everyRow(name ?? "*"))
      filter.limit = 0
      #expect(try history.entries(filter).map(\.id) == all)
      filter.limit = 1500
      #expect(try history.entries(filter).map(\.id) == Array(all.prefix(1500)))
    }
  }

  /// The query plans of SQLite for the statements of a page.
  private func plans(_ filter: HistoryFilter) throws -> [String] {
    try DatabaseQueue(path: history.path).read { database in
      var asked: [String] = []
      database.trace { asked.append($0.expandedDescription) }
      _ = try HistoryPage(
        filter, after: nil, bounds: .init(rows: 10, bytes: 1 << 20)
      ).content(database)
      database.trace()
      return try asked.filter { $0.hasPrefix("SELECT") }.flatMap {
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + $0).map { $0["detail"] as String }
      }
    }
  }

  /// The statements of a page, as SQLite prepares and a reader keeps them.
  private func statements(_ filter: HistoryFilter, limit: Int) throws -> [String] {
    try DatabaseQueue(path: history.path).read { database in
      var asked: [String] = []
      database.trace { asked.append("\($0)") }
      let bounds = HistoryPage.Bounds(rows: limit, bytes: 1 << 20)
      _ = try HistoryPage(filter, after: nil, bounds: bounds).content(database)
      database.trace()
      return Set(asked).sorted()
    }
  }

  @Test("The prepared statements of a reader do not depend on the limit")
  func statementsDoNotDependOnLimit() throws {
    for (name, client) in PageTests.long + [(nil, nil)] {
      let filter = HistoryFilter(client: client, name: name)
      #expect(try statements(filter, limit: 7) == statements(filter, limit: 8))
    }
  }

  @Test("A page with a filter searches an index in each segment")
  func filteredPageUsesIndexes() throws {
    for (name, client) in PageTests.long {
      let found = try plans(HistoryFilter(client: client, name: name))
        .filter { $0.contains("INDEX transfer_by_") }
      let key = [
        "<expr>=?", client.map { $0.hasPrefix("cam") ? "client=?" : "client_ip=?" },
        name.map { _ in "name>?" },
      ]
      .compactMap(\.self).joined(separator: " AND ")
      #expect(found.count >= 2)
      for plan in found {
        #expect(plan.hasPrefix("SEARCH transfer USING COVERING INDEX"))
        #expect(plan.contains("(\(key)"))
      }
    }
  }

  @Test("The reach of a long query stays within its maximum")
  func reachIsBounded() {
    var reach = HistoryReach()
    reach.shorten()
    for _ in 0..<100 { reach.adapt(to: 0) }
    #expect(reach.rows == HistoryReach.maximum)
  }
}
