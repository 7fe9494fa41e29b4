import ArgumentParser
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

/// Writes rows as `PublicationGroup` and `PendingCommit` do: a group is recorded durably, then
/// completed. Only the time of the writer is measured, not that of making the rows.
struct Fill: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Write rows into a new history.")

  private static let section = 1_000_000

  @Argument(help: "The database, which must not be there.") var database: String
  @Option(help: "How many rows.") var rows = 1_000_000
  @Option(help: "How many of the 200 clients are identified.") var identified = 0

  func run() throws {
    guard try FileStatus.of(path: database) == nil else {
      throw ValidationError("\(database) is there already.")
    }
    let writer = try SQLiteWriter(path: database)
    var sample = SampleHistory(rows: rows, identified: identified)
    var (written, cost, said) = (0, Cost(), 0)
    while written < rows {
      written += try write(sample.next(), to: writer, &cost)
      guard written / Fill.section > said / Fill.section || written == rows else { continue }
      report(written, since: said, cost)
      (cost, said) = (Cost(), written)
    }
    try writer.close()
  }

  private func write(
    _ rows: [(transfer: SealedTransfer, finishedAt: Timestamp)], to writer: SQLiteWriter,
    _ cost: inout Cost
  ) throws -> Int {
    try cost.add {
      let recorded = try writer.record(
        rows.map { ($0.transfer, FileIdentity(inode: 4_711_000, born: 1_700_000_000_000_000_000)) },
        .durable)
      let outcomes = zip(recorded.compactMap(\.self), rows).map {
        Publication.published($0, at: $1.finishedAt)
      }
      try writer.complete(outcomes, failures: [])
    }
    return rows.count
  }

  private func report(_ written: Int, since: Int, _ cost: Cost) {
    let rows = Double(written - since)
    let processor = (Double(cost.processor) / rows / 10).rounded() / 100
    say(
      #"{"figure": "insert", "rows": \#(written), "#
        + #""rows_per_second": \#(Int(rows * 1e9 / Double(cost.time))), "#
        + #""processor_us_per_row": \#(processor)}"#)
  }
}
