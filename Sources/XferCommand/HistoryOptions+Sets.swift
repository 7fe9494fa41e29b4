import ArgumentParser
import XferProtocol
import XferReport

// Sets instead of rows.
extension HistoryOptions {
  /// The filter of sets that the options describe.
  package var setFilter: SetFilter {
    let statuses: [StatusChoice: SetFilter.Status] = [
      .completed: .complete, .failed: .incomplete, .all: .all,
    ]
    return SetFilter(limit: limit, client: client, status: statuses[status] ?? .all)
  }

  func validateSets() throws {
    guard sets else { return }
    if since != nil || until != nil || name != nil {
      throw ValidationError("--sets takes --limit, --client, --status and --format only")
    }
    if format == .csv { throw ValidationError("--sets has the formats table, json and jsonl") }
  }

  /// Prints the sets that `read` passes to its argument. Prints an error of the output and throws
  /// its exit status.
  package func printSets(_ read: ((SetEntry) throws -> Void) throws -> Void) throws {
    var kept: [SetEntry] = []
    var isFirst = true
    try read { set in
      switch format {
      case .table: kept.append(set)
      case .json: Terminal.out((isFirst ? "[\n  " : ",\n  ") + (try SetRecord(set).json()))
      case .jsonl, .csv: Terminal.out(try SetRecord(set).json() + "\n")
      }
      isFirst = false
    }
    if format == .table {
      for line in SetsTable.lines(kept) { Terminal.out(line + "\n") }
    } else if format == .json {
      Terminal.out(isFirst ? "[]\n" : "\n]\n")
    }
    try exitingOnFailure { try Terminal.checkOutput() }
  }
}
