import Testing
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

@Suite("A filter selects rows of the history")
struct FilterTests {
  private let history: TemporaryHistory

  /// Five deliveries, one per second from 101 on, and a failure, which is newer than all of them.
  init() throws {
    history = try TemporaryHistory()
    let writer = try history.writer()
    let names = ["logs/1.gz", "logs/2.gz", "logs/2.txt", "a", "Überblick"]
    for (index, name) in names.enumerated() {
      let client: Client = index.isMultiple(of: 2) ? "127.0.0.2" : "::1"
      try writer.deliver(try sealed(name, client: client), at: second(101 + Int64(index)))
    }
    try writer.complete([], failures: [failed("logs/3.gz")])
    try writer.close()
  }

  private func names(_ filter: HistoryFilter) throws -> [String] {
    try history.entries(filter).map(\.name)
  }

  @Test("An empty filter returns all rows, newest first")
  func emptyFilterReturnsAllRows() throws {
    let all = ["logs/3.gz", "Überblick", "a", "logs/2.txt", "logs/2.gz", "logs/1.gz"]
    #expect(try names(HistoryFilter()) == all)
  }

  @Test(
    "A limit returns the newest rows, and a limit of 0 all rows",
    arguments: [(1, 1), (3, 3), (100, 6), (0, 6)])
  func limitReturnsNewestRows(_ limit: UInt32, _ count: Int) throws {
    let all = try history.entries()
    #expect(try history.entries(HistoryFilter(limit: limit)) == Array(all.prefix(count)))
  }

  @Test(
    "Every row is returned once, even if thousands share a finish time", arguments: [0, 1000, 2345])
  func everyRowIsReturnedOnce(_ limit: UInt32) throws {
    let writer = try history.writer()
    let recorded = try writer.record((0..<3000).map { try sealed("many/\($0)") }, .lazy)
    try writer.complete(recorded.map { .published($0, at: second(200)) }, failures: [])
    try writer.close()
    let rows = try history.entries(HistoryFilter(limit: limit))
    #expect(rows.count == (limit == 0 ? 3006 : Int(limit)))
    #expect(Set(rows.map(\.id)).count == rows.count)
    #expect(
      rows
        == rows.sorted { ($0.finishedAt.microseconds, $0.id) > ($1.finishedAt.microseconds, $1.id) }
    )
  }

  @Test("The bound \"since\" is inclusive, and \"until\" is exclusive")
  func sinceIsInclusiveAndUntilExclusive() throws {
    let since = HistoryFilter(since: second(102), status: .completed)
    #expect(try names(since) == ["Überblick", "a", "logs/2.txt", "logs/2.gz"])
    let between = HistoryFilter(since: second(102), until: second(104))
    #expect(try names(between) == ["logs/2.txt", "logs/2.gz"])
    #expect(try names(HistoryFilter(until: second(101))) == [])
  }

  @Test("A client filter matches the whole address")
  func clientMatchesWholeAddress() throws {
    #expect(try names(HistoryFilter(client: "::1")) == ["a", "logs/2.gz"])
    #expect(try names(HistoryFilter(client: "127.0.0")) == [])
  }

  @Test(
    "A name filter matches by glob",
    arguments: [
      ("logs/*.gz", ["logs/3.gz", "logs/2.gz", "logs/1.gz"]),
      ("logs/[12].*", ["logs/2.txt", "logs/2.gz", "logs/1.gz"]), ("?", ["a"]), ("A", []),
      ("Ü*", ["Überblick"]), ("logs/%", []), ("' OR 1=1 --", []),
    ])
  func nameMatchesGlob(_ glob: String, _ found: [String]) throws {
    #expect(try names(HistoryFilter(name: glob)) == found)
  }

  @Test("A status filter selects completed or failed rows")
  func statusSelectsRows() throws {
    #expect(try names(HistoryFilter(status: .failed)) == ["logs/3.gz"])
    #expect(try names(HistoryFilter(status: .completed)).count == 5)
  }

  @Test("A row must match all conditions of a filter")
  func allConditionsMustMatch() throws {
    let filter = HistoryFilter(
      limit: 1, since: second(101), client: "127.0.0.2", name: "logs/*", status: .completed)
    #expect(try names(filter) == ["logs/2.txt"])
  }

  @Test("The later of two rows with the same finish time comes first")
  func laterRowOfSameTimeComesFirst() throws {
    let writer = try history.writer()
    for name in ["first", "second"] { try writer.deliver(try sealed(name), at: second(500)) }
    let filter = HistoryFilter(since: second(500), until: second(501))
    #expect(try names(filter) == ["second", "first"])
  }

  @Test("The later row comes first if rows of the same time are in different segments")
  func laterRowOfSameTimeInOtherSegmentComesFirst() throws {
    let writer = try history.writer()
    try writer.deliver(try sealed("first"), at: second(500))
    let between = try writer.record(
      (0..<17_000).map { try sealed("\($0)", client: "127.0.0.9") }, .lazy)
    try writer.complete(
      between.map { .published($0, at: second($0.row < 16_384 ? 90 : 80)) }, failures: [])
    try writer.deliver(try sealed("second"), at: second(500))
    #expect(
      try names(HistoryFilter(limit: 1, since: second(500), client: "127.0.0.2")) == ["second"])
  }
}
