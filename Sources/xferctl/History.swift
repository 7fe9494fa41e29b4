import ArgumentParser
import XferClient
import XferHistory
import XferProtocol
import XferReport
import XferSystem

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show transfers, newest first.",
    discussion: """
      Times are local in the table, and RFC 3339 in UTC in json, jsonl and csv.

      --since and --until take an age (90s, 90m, 12h, 2d, 1w), a local date or time (2026-11-22, \
      "2026-11-22 10:30"), or RFC 3339 (2026-11-22T09:30:00Z).

      A receiver cancels a query that costs more than ten seconds of work and finds little. Narrow \
      the query by --since, --client or the beginning of --name. In csv, an apostrophe is put \
      before a name or message that starts with = + - @ or an apostrophe. The transfer ids of \
      other clients are not shown. On the receiver's host, --database shows everything and has no \
      time limit.

      Exit status: 0 success; 64 incorrect usage; 69 the receiver cannot be reached; 74 failed; 77 \
      refused: --name is longer than any file name, or the query takes too long.
      """)

  @OptionGroup var server: ServerOptions

  @Option(
    help: ArgumentHelp(
      "Read this history file instead of querying a receiver.", valueName: "file"))
  var database: String?

  @Option(help: ArgumentHelp("The maximum number of rows; 0 means all.", valueName: "n"))
  var limit: UInt32 = 50

  @Option(
    help: ArgumentHelp("Transfers that ended at or after this time.", valueName: "time"),
    transform: parseMoment)
  var since: Timestamp?

  @Option(
    help: ArgumentHelp("Transfers that ended before this time.", valueName: "time"),
    transform: parseMoment)
  var until: Timestamp?

  @Option(help: ArgumentHelp("Transfers from this address.", valueName: "address"))
  var client: String?

  @Option(
    help: ArgumentHelp(
      "Transfers with a name that matches, such as \"logs/*.gz\".", valueName: "glob"))
  var name: String?

  @Option(help: "Transfers with this status.")
  var status: StatusChoice = .all

  @Option(help: "The output format.")
  var format: HistoryFormat = .table

  func run() throws {
    let filter = HistoryFilter(
      limit: limit, since: since, until: until, clientIP: client, name: name,
      status: status.status)
    let output = HistoryOutput(format)
    if let database {
      try exitingOnFailure { try HistoryReader(path: database).entries(filter, output.print) }
    } else {
      let address = try server.address()
      try exitingOnConnectionFailure {
        try QueryClient(address).history(filter, forEach: output.print)
      }
    }
    output.finish()
    try exitingOnFailure { try Terminal.checkOutput() }
  }
}

extension HistoryFormat: ExpressibleByArgument {}

/// The values of `--status`.
enum StatusChoice: String, CaseIterable, ExpressibleByArgument {
  case completed, failed, all

  var status: HistoryFilter.Status {
    switch self {
    case .completed: .completed
    case .failed: .failed
    case .all: .all
    }
  }
}
