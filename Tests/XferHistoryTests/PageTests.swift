import GRDB
import Testing
import XferProtocol
import XferSystem

@testable import XferHistory

/// A page is found in two ways, whichever seems shorter. A person cannot see which.
@Suite("Pages of a long history")
struct PageTests {
  private let history: TemporaryHistory

  /// More rows than are looked at, and more names of one beginning, which all came early, than are
  /// sorted without a look. Three share a moment; one in 100 is a failure.
  init() throws {
    history = try TemporaryHistory()
    let writer = try history.writer()
    var failures: [FailedTransfer] = []
    let transfers = try (0..<16_000).map { number in
      let name = number < 10_500 ? "day/early/\(number)" : "day/\(number % 7)/\(number)"
      let client = number.isMultiple(of: 50) ? "10.0.0.2" : "10.0.0.1"
      if number.isMultiple(of: 100) { failures.append(failed(name, client: client)) }
      return try sealed(name, client: client)
    }
    let recorded = try writer.record(transfers, .lazy)
    let outcomes = recorded.enumerated().map {
      Publication.published($1, at: second(Int64($0 / 3)))
    }
    try writer.complete(outcomes, failures: failures)
    try writer.close()
  }

  /// What the filter says, by nothing but comparing all rows.
  private func expected(
    _ filter: HistoryFilter, prefix: String, of all: [HistoryEntry]
  ) -> [Int64] {
    let found = all.filter { entry in
      entry.name.hasPrefix(prefix)
        && (filter.clientIP.map { $0 == entry.clientIP } ?? true)
        && (filter.since.map { entry.finishedAt >= $0 } ?? true)
        && (filter.until.map { entry.finishedAt < $0 } ?? true)
        && filter.status.rawValue & entry.status.rawValue > 0
    }
    return found.prefix(Int(filter.limit)).map(\.id)
  }

  private static let filters: [HistoryFilter] = [nil, "10.0.0.1", "10.0.0.2"].flatMap { client in
    HistoryFilter.Status.allCases.flatMap { status in
      [(nil, nil), (second(100), nil), (nil, second(3000)), (second(50), second(90))].map {
        HistoryFilter(limit: 20, since: $0, until: $1, clientIP: client, status: status)
      }
    }
  }

  @Test("A page has the rows that a look at every row finds: of frequent, rare and early names")
  func everyRow() throws {
    let all = try history.entries()
    for prefix in ["day/", "day/early/", "day/3/", "day/3/9999", "other"] {
      for var filter in PageTests.filters {
        filter.name = prefix + "*"
        let page = try history.entries(filter).map(\.id)
        #expect(page == expected(filter, prefix: prefix, of: all), "\(filter)")
      }
    }
  }

  @Test("Walking back in time and sorting names give the same page")
  func eitherWay() throws {
    let queue = try DatabaseQueue(path: history.path)
    for name in ["day/*", "day/early/*", "day/[0-3]/*99", "day/early/12", "d?y/3*", "other*"] {
      for var filter in PageTests.filters {
        filter.name = name
        let page = HistoryPage(filter, after: nil, limit: 20)
        try queue.read { database in
          let walked = try page.walk(database).map { $0["id"] as Int64 }
          let sorted = try page.sort(NamePattern(name), database).map { $0["id"] as Int64 }
          #expect(walked == sorted, "\(filter)")
        }
      }
    }
  }

  @Test("Pages follow each other without a gap or a repetition, whichever way each is found")
  func following() throws {
    for name in ["day/*", "day/early/*", "day/3/*"] {
      let all = try history.entries(HistoryFilter(name: name)).map(\.id)
      let fewer = try history.entries(HistoryFilter(limit: 2500, name: name)).map(\.id)
      #expect(Set(all).count == all.count)
      #expect(Array(all.prefix(2500)) == fewer)
    }
  }

}

@Suite("Globs of names")
struct NamePatternTests {
  @Test(
    "The names between a prefix and its end are those that begin with it",
    arguments: [
      ("a*", "a", "b"), ("a/b?", "a/b", "a/c"), ("[ab]*", "", nil), ("x", "x", "y"),
      ("\u{d7ff}*", "\u{d7ff}", "\u{e000}"), ("a\u{10ffff}*", "a\u{10ffff}", "b"),
      ("\u{10ffff}*", "\u{10ffff}", nil),
    ] as [(String, String, String?)])
  func range(_ glob: String, _ prefix: String, _ end: String?) {
    let pattern = NamePattern(glob)
    #expect((pattern.prefix, pattern.end) == (prefix, end))
    #expect(pattern.isPrefix == (glob == prefix + "*"))
  }
}
