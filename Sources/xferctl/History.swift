import ArgumentParser
import XferClient
import XferCommand

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show transfers, newest first.",
    discussion: """
        xferctl history --since 1d
        xferctl history --name 'logs/*' --format csv --limit 0

      Times are local in the table, and RFC 3339 in UTC in json, jsonl and csv.

      --since and --until take an age (90s, 90m, 12h, 2d, 1w), a local date or time (2026-11-22, \
      "2026-11-22 10:30"), or RFC 3339 (2026-11-22T09:30:00Z).

      A receiver cancels a query that costs more than ten seconds of work and finds little. Narrow \
      the query by --since, --client or the beginning of --name. In csv, an apostrophe is put \
      before a name or message that starts with = + - @ or an apostrophe. The transfer ids of \
      other clients are not shown. On the receiver's host, "xferd history" shows everything and \
      has no time limit.

      Exit status: 0 success; 64 incorrect usage; 69 the receiver cannot be reached; 74 failed; 77 \
      refused: --name is longer than any file name, or the query takes too long.
      """)

  @OptionGroup var server: ServerOptions

  @Option(help: .private)
  var database: String?

  @OptionGroup var options: HistoryOptions

  func run() throws {
    if database != nil { throw ValidationError(Moved.message("history --database", "history")) }
    let address = try server.address()
    try options.sets ? printSets(address) : printRows(address)
  }

  private func printRows(_ address: ReceiverAddress) throws {
    try options.print { print in
      try exitingOnConnectionFailure {
        try QueryClient(address).history(options.filter, forEach: print)
      }
    }
  }

  private func printSets(_ address: ReceiverAddress) throws {
    try options.printSets { print in
      try exitingOnConnectionFailure {
        try QueryClient(address).sets(options.setFilter, forEach: print)
      }
    }
  }
}
