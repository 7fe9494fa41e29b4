import ArgumentParser
import XferAudit
import XferCommand
import XferProtocol
import XferSQLite
import XferStorage
import XferSystem

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", _superCommandName: "xferd",
    abstract: "Compare the delivered files with the history.",
    discussion: """
        xferd verify --data /srv/xfer --since 7d

      Runs on the receiver's host, whether or not the receiver is running, and changes nothing. \
      Prints each file that is missing, cannot be read, or has another SHA-256 than at its \
      delivery. Files that were received with --digest none are compared by their size.

      Exit status: 0 all files are as delivered; 64 incorrect usage; 65 some files are not; 74 the \
      data directory or its history cannot be read, or no delivered file matches.
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp("Files that were delivered at or after this time.", valueName: "time"),
    transform: parseMoment)
  var since: Timestamp?

  @Option(
    help: ArgumentHelp("Files that were delivered before this time.", valueName: "time"),
    transform: parseMoment)
  var until: Timestamp?

  @Option(
    help: ArgumentHelp(
      "Files with a name that matches, such as \"logs/*.gz\".", valueName: "glob"))
  var name: String?

  @Flag(help: "Print only files that are not as delivered.")
  var quiet = false

  func run() throws {
    let directory = try data.directory()
    let filter = HistoryFilter(since: since, until: until, name: name)
    var report = VerificationReport()
    try exitingOnFailure {
      let data = try DataDirectory(reading: directory)
      let history = try SQLiteReader(path: data.databasePath)
      try Verification(PublishedFiles(data), with: history).run(filter) { entry, finding in
        report.add(finding, of: entry)
      }
    }
    if !quiet { Terminal.out(report.summary + "\n") }
    try exitingOnFailure { try Terminal.checkOutput() }
    if report.count == 0, since != nil || until != nil || name != nil {
      printError("no delivered file matches; widen --since, --until or --name")
      throw ExitCode.failed
    }
    if report.wrong > 0 { throw ExitCode.different }
  }
}
