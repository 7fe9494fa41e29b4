import ArgumentParser
import XferCommand
import XferHistory
import XferSQLite
import XferStorage

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", _superCommandName: "xferd",
    abstract: "Print rows of the history on this host.",
    discussion: """
        xferd history --data /srv/xfer --since 1d --status failed

      Runs whether or not the receiver is running, and changes nothing. Shows the transfer ids of \
      all clients and has no time limit. --since and --until take an age (90s, 90m, 12h, 2d, 1w), \
      a local date or time (2026-11-22, "2026-11-22 10:30"), or RFC 3339 (2026-11-22T09:30:00Z). \
      "xferctl history" queries a receiver from another machine.

      Exit status: 0 success; 64 incorrect usage; 74 failed.
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "Read this history file, such as a backup, instead of the one in the data directory.",
      valueName: "file"),
    completion: .file())
  var database: String?

  @OptionGroup var options: HistoryOptions

  func run() throws {
    let directory = try database == nil ? data.directory() : ""
    var reader: SQLiteReader?
    try exitingOnFailure {
      let path = try database ?? DataDirectory(reading: directory).databasePath
      reader = try SQLiteReader(path: path)
    }
    guard let reader else { throw ExitCode.failed }
    if options.sets {
      try options.printSets { print in
        try exitingOnFailure { try reader.sets(options.setFilter, print) }
      }
    } else {
      try options.print { print in
        try exitingOnFailure { try reader.entries(options.filter, print) }
      }
    }
  }
}
