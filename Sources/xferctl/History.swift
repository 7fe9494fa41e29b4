import ArgumentParser
import Glibc
import XferClient
import XferHistory
import XferProtocol
import XferReport
import XferSystem

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what has been transferred, newest first.",
    discussion: """
      Times are local in the table, and RFC 3339 in UTC in json, jsonl and csv.

      --since and --until take an age (90s, 90m, 12h, 2d, 1w), a local date or time (2026-11-22, \
      "2026-11-22 10:30"), or RFC 3339 (2026-11-22T09:30:00Z).

      A receiver breaks off a question that costs it more than ten seconds and finds little; narrow it by \
      --since, --client or the beginning of --name. In csv a name or sentence that begins with = + - @ or \
      an apostrophe has an apostrophe in front. The ids of other clients' transfers are not shown; on \
      the receiver's host, --database shows all, and takes its time.

      Exit status: 0 shown, 64 wrong usage, 69 the receiver cannot be reached, 74 failed, \
      77 refused: --name is longer than any name, or the question takes too long.
      """)

  @OptionGroup var server: ServerOptions

  @Option(
    help: ArgumentHelp(
      "Read this history file in place instead of asking a receiver.", valueName: "file"))
  var database: String?

  @Option(help: ArgumentHelp("Rows at the most; 0 means all.", valueName: "n"))
  var limit: UInt32 = 50

  @Option(
    help: ArgumentHelp("Only what was finished at or after.", valueName: "time"),
    transform: Moment.parse)
  var since: Moment?

  @Option(
    help: ArgumentHelp("Only what was finished before.", valueName: "time"),
    transform: Moment.parse)
  var until: Moment?

  @Option(help: ArgumentHelp("Only what came from this address.", valueName: "address"))
  var client: String?

  @Option(help: ArgumentHelp("Only names that match, as \"logs/*.gz\".", valueName: "glob"))
  var name: String?

  @Option(help: "Only transfers with this status.")
  var status: StatusChoice = .all

  @Option(help: "How to print.")
  var format: HistoryFormat = .table

  func run() throws {
    let filter = HistoryFilter(
      limit: limit, since: since?.timestamp, until: until?.timestamp, clientIP: client, name: name,
      status: status.status)
    let output = HistoryOutput(format)
    if let database {
      try orFail { try HistoryReader(path: database).entries(filter, output.print) }
    } else {
      let address = try server.address()
      try asking { try Inquiry(address).history(filter, output.print) }
    }
    output.finish()
    try orFail { try Terminal.checkOutput() }
  }
}

/// Prints rows as they come, some together.
private final class HistoryOutput {
  private static let piece = 64 << 10

  private var printer: HistoryPrinter
  private var text = ""

  init(_ format: HistoryFormat) { printer = HistoryPrinter(format) }

  func print(_ entry: HistoryEntry) throws {
    text += try printer.text(of: entry)
    if text.utf8.count >= HistoryOutput.piece { flush() }
  }

  func finish() {
    text += printer.end()
    flush()
  }

  private func flush() {
    Terminal.out(text)
    text = ""
  }
}

/// A moment as it is typed.
struct Moment {
  let timestamp: Timestamp

  static func parse(_ text: String) throws -> Moment {
    guard let timestamp = TimeText.parse(text) else {
      throw ValidationError(
        "\"\(text)\" is no time; give an age as 90m or 2d, or 2026-11-22, or \"2026-11-22 10:30\"")
    }
    return Moment(timestamp: timestamp)
  }
}

extension HistoryFormat: ExpressibleByArgument {}

/// The statuses that can be asked for.
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
