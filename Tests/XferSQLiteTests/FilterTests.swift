import Testing
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

@Suite("Asking the history")
struct FilterTests {
  private let history: TemporaryHistory

  /// Five deliveries, one a second from 101 on, and a failure, which is younger than all of them.
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

  @Test("Without a filter all rows come, newest first")
  func withoutFilterAllRowsCome() throws {
    let all = ["logs/3.gz", "Überblick", "a", "logs/2.txt", "logs/2.gz", "logs/1.gz"]
    #expect(try names(HistoryFilter()) == all)
  }

  @Test("A limit gives the newest rows, and 0 all", arguments: [(1, 1), (3, 3), (100, 6), (0, 6)])
  func limitGivesNewestRows(_ limit: UInt32, _ count: Int) throws {
    let all = try history.entries()
    #expect(try history.entries(HistoryFilter(limit: limit)) == Array(all.prefix(count)))
  }

  @Test(
    "Every row comes once however many there are, even of one moment", arguments: [0, 1000, 2345])
  func everyRowComesOnceHoweverManyThereAre(_ limit: UInt32) throws {
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

  @Test("Since takes its moment in, until leaves it out")
  func sinceTakesItsMomentIn() throws {
    let since = HistoryFilter(since: second(102), status: .completed)
    #expect(try names(since) == ["Überblick", "a", "logs/2.txt", "logs/2.gz"])
    let between = HistoryFilter(since: second(102), until: second(104))
    #expect(try names(between) == ["logs/2.txt", "logs/2.gz"])
    #expect(try names(HistoryFilter(until: second(101))) == [])
  }

  @Test("A client is found by its address")
  func clientIsFoundByItsAddress() throws {
    #expect(try names(HistoryFilter(client: "::1")) == ["a", "logs/2.gz"])
    #expect(try names(HistoryFilter(client: "127.0.0")) == [])
  }

  @Test(
    "A name is found by a glob",
    arguments: [
      ("logs/*.gz", ["logs/3.gz", "logs/2.gz", "logs/1.gz"]),
      ("logs/[12].*", ["logs/2.txt", "logs/2.gz", "logs/1.gz"]), ("?", ["a"]), ("A", []),
      ("Ü*", ["Überblick"]), ("logs/%", []), ("' OR 1=1 --", []),
    ])
  func nameIsFoundByGlob(_ glob: String, _ found: [String]) throws {
    #expect(try names(HistoryFilter(name: glob)) == found)
  }

  @Test("Rows are found by their status")
  func rowsAreFoundByTheirStatus() throws {
    #expect(try names(HistoryFilter(status: .failed)) == ["logs/3.gz"])
    #expect(try names(HistoryFilter(status: .completed)).count == 5)
  }

  @Test("Filters are joined by and")
  func filtersAreJoinedByAnd() throws {
    let filter = HistoryFilter(
      limit: 1, since: second(101), client: "127.0.0.2", name: "logs/*", status: .completed)
    #expect(try names(filter) == ["logs/2.txt"])
  }

  @Test("Of rows of one moment, the one that was written later comes first")
  func ofRowsOfOneMoment() throws {
    let writer = try history.writer()
    for name in ["first", "second"] { try writer.deliver(try sealed(name), at: second(500)) }
    let filter = HistoryFilter(since: second(500), until: second(501))
    #expect(try names(filter) == ["second", "first"])
  }

  @Test("So it is with rows of one moment that are far apart, whichever segment is looked at first")
  func sameMomentFarApart() throws {
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
