import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferProtocol
import XferSystem
import XferText

struct Send: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send files and directories.",
    usage: "xferctl send FILE… [--to DIR | --as NAME] [OPTIONS]",
    discussion: """
        xferctl send /etc /var/log --exclude '*.gz' --to backups/web-1


      Sent again, what is unchanged is not delivered twice, and what was interrupted is resumed. \
      Exit status: 0 each file is complete, verified, on disk and in the history there; 64 \
      incorrect usage; 65 a file differs there; 69 the receiver cannot be reached; 74 some files \
      were not sent or not removed; 77 some were refused; 130 interrupted.
      """,
    // Without -h: "-dash" would be parsed as a cluster of flags that contains -h, and exit with 0.
    helpNames: .long)

  @Argument(
    help: ArgumentHelp("The files and directories to send.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var selection: SelectionOptions

  @Flag(help: "List what would be sent, with sizes; send nothing.")
  var dryRun = false

  @OptionGroup var flow: FlowOptions

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("The name of the set of these files.", valueName: "name"))
  var setName: String?

  @Flag(help: "Remove each file here once its receipt is durable.")
  var deleteAfter = false

  @Flag(help: "Read files that look unchanged, too.")
  var checksum = false

  @Flag(help: "Compare the SHA-256 of every file with its receipt.")
  var verify = false

  @OptionGroup var retries: RetryOptions

  @OptionGroup var server: ServerOptions

  @Option(help: ArgumentHelp("The local address.", valueName: "address"))
  var bind: String?

  @Option(
    help: ArgumentHelp(
      "The name of this machine, for its unchanged files.", valueName: "name"))
  var machine: String?

  @Flag(help: "Print errors only.")
  var quiet = false

  @Flag(help: "Print one JSON object for each file.")
  var json = false

  func validate() throws {
    if files.isEmpty, selection.filesFrom == nil {
      throw ValidationError("no files; give at least one file or directory")
    }
    if files.count > 1, selection.filesFrom != nil {
      throw ValidationError("--files-from takes one directory, to which its names are relative")
    }
    if quiet, json { throw ValidationError("--quiet and --json cannot be used together") }
    if quiet, dryRun { throw ValidationError("--quiet and --dry-run cannot be used together") }
    if deleteAfter, selection.links == .follow {
      throw ValidationError("--delete-after cannot be used together with --links follow")
    }
    if machine == "" {
      throw ValidationError("--machine: the name is empty; expected a name such as web-1")
    }
  }

  func run() throws {
    let selection = try selected()
    if dryRun { return try list(SendList(selection)) }
    var options = try senderOptions()
    let list = SendList(selection)
    printProblems(of: list)
    options.set = set(of: list)
    options.requiresSet = setName != nil
    let (result, signal) = try send(list, options)
    try exitingOnFailure { try Terminal.checkOutput() }
    if result == .stopped, let signal {
      printError("interrupted; run the same command again to send the rest")
      end(by: signal)
    }
    if result != .different, result != .unreachable, !list.problems.isEmpty {
      throw ExitCode.failed
    }
    throw ExitCode(result)
  }

  private func selected() throws -> Selection {
    do {
      return try selection.selection(files)
    } catch let failure as SystemFailure {
      printError("\(failure)")
      throw ExitCode.failed
    }
  }

  private func list(_ list: SendList) throws {
    printProblems(of: list)
    json ? SendListing(list).printJSON() : SendListing(list).print()
    try exitingOnFailure { try Terminal.checkOutput() }
    if !list.problems.isEmpty { throw ExitCode.failed }
  }

  private func send(
    _ list: SendList, _ options: Sender.Options
  ) throws -> (SendResult, signal: Int32?) {
    try explainingFiles {
      let display = display(list)
      let sender = try Sender(list, options: options, report: display.show)
      var attendance = try Attendance(sender, display)
      let signal = try attendance.run()
      let result = sender.finish()
      display.finish()
      return (result, signal)
    }
  }

  /// The set of the run. One file alone belongs to none unless the user names one, because its
  /// receipt says all.
  private func set(of list: SendList) -> SetReference? {
    guard setName != nil || list.files.count > 1 || !list.directories.isEmpty else { return nil }
    let names = files.map { path in
      let parts = path.split(separator: "/")
      return parts.last.map(String.init) ?? path
    }
    let name = setName ?? PathText.shown(names.isEmpty ? "files" : names.joined(separator: " "))
    return SetReference(id: .random(), name: name)
  }

  private func senderOptions() throws -> Sender.Options {
    var options = Sender.Options(address: try server.address(from: bind))
    options.retryFor = patience
    options.proof = verify ? .all : checksum ? .repeated : .none
    options.machine = machine
    options.jobs = flow.jobs
    options.limit = flow.limit
    options.removesSources = deleteAfter
    return options
  }

  private var patience: Duration { retries.retryFor.duration }

  private func printProblems(of list: SendList) {
    for problem in list.problems {
      printError("\(PathText.shown(problem.path)): not sent: \(problem.why)")
    }
    guard !quiet else { return }
    for (path, what) in list.skipped { printError("\(PathText.shown(path)): skipped: \(what)") }
    if list.skippedLinks > 0 {
      let count = Readable.count(list.skippedLinks, of: "symbolic link")
      printError("\(count) skipped; --links keep or follow sends them")
    }
  }

  private func display(_ list: SendList) -> any SendDisplay {
    if json { return JSONDisplay(list) }
    if !quiet, let display = TerminalDisplay(list, patience: patience) { return display }
    return LineDisplay(list, patience: patience, quiet: quiet)
  }
}
