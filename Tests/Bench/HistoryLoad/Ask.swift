import ArgumentParser
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

/// Measures pages of 50 rows and the summary, each 30 times with other values.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Ask a history that `fill` has made.")

  @Argument(help: "The database.") var database: String
  @Option(help: "How often each question is asked, with other values each time.") var times = 30

  func run() throws {
    let reader = try SQLiteReader(path: database)
    let rows = Int(try reader.summary().all.transfers)
    var questions = Questions(rows: rows)
    for kind in Questions.Kind.allCases {
      for time in Questions.Time.allCases {
        guard let filters = questions.make(kind, time, count: times) else { continue }
        try measure("\(kind.rawValue)\(time.rawValue)", rows) { try reader.entries(filters[$0]) }
      }
    }
    try measure("summary", rows) { _ in try reader.summary().latest }
  }

  private func measure(
    _ name: String, _ rows: Int, _ ask: (Int) throws -> [HistoryEntry]
  ) throws {
    var (costs, found) = ([Cost](), 0)
    for number in 0..<times {
      var cost = Cost()
      found = max(found, try cost.add { try ask(number).count })
      costs.append(cost)
    }
    say(
      #"{"figure": "\#(name)", "rows": \#(rows), "median_ms": \#(median(costs.map(\.time))), "#
        + #""max_ms": \#(milliseconds(costs.map(\.time).max() ?? 0)), "#
        + #""processor_ms": \#(median(costs.map(\.processor))), "found": \#(found)}"#)
  }

  private func median(_ values: [Int64]) -> Double { milliseconds(values.sorted()[times / 2]) }

  private func milliseconds(_ value: Int64) -> Double { (Double(value) / 1000).rounded() / 1000 }
}
