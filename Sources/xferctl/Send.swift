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
    discussion: """
        xferctl send backup.tar logs/ --exclude '*.gz'
        xferctl send /srv/build --to "builds/$(date +%F)"

      A directory is sent under its own name, with everything in it. The exit status is 0 only \
      after the receipt of every file has arrived: then each file is complete, verified, on disk \
      under its name, and in the history. An unchanged file that is sent again is not delivered \
      twice, and what was interrupted is resumed. The command retries while the receiver is busy, \
      full, restarting or not running yet.

      Of all includes and excludes, in the order of the command line, the first that matches a \
      path decides. Patterns are those of rsync(1). Options may have defaults in the file config, \
      see xferctl(1).

      A file is unchanged if machine, path, name, inode, size and times (mtime and ctime) are the \
      same. Some changes leave all of these as they are and can be detected only by reading the \
      file: writes through a memory mapping (databases, virtual machines), always on tmpfs, on \
      other file systems while pages are dirty; writes within one clock tick, which is some \
      milliseconds, or 1 to 2 s on ext4 with small inodes and on FAT; and another disk image with \
      fixed times that is mounted at the same path. --checksum reads files that look unchanged, \
      and sends a file with other content as a new file. --verify compares the SHA-256 of every \
      file with its receipt.

      Exit status: 0 every receipt has arrived; 64 incorrect usage; 65 a file differs from the one \
      at the receiver, or could not be compared (--verify, --checksum); 69 the receiver cannot be \
      reached; 74 some files were not sent, or not removed with --delete-after; 77 some files were \
      refused, permanently or for all of --retry-for; 130 interrupted. If several apply, a \
      difference takes precedence, then a failure, then a refusal.
      """,
    // Without -h: "-dash" would be parsed as a cluster of flags that contains -h, and exit with 0.
    helpNames: .long)

  @Argument(
    help: ArgumentHelp("The files and directories to send.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @OptionGroup var selection: SelectionOptions

  @Flag(help: "List what would be sent, with sizes, and send nothing.")
  var dryRun = false

  @OptionGroup var flow: FlowOptions

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("The name of the set of these files.", valueName: "name"))
  var setName: String?

  @Flag(help: "Remove each file here once its receipt is durable. Directories are kept.")
  var deleteAfter = false

  @Flag(help: "Read files that look unchanged, and send those with other content again.")
  var checksum = false

  @Flag(
    help: "Compare the SHA-256 of every file with its receipt, and send files that differ again.")
  var verify = false

  @OptionGroup var retries: RetryOptions

  @OptionGroup var server: ServerOptions

  @Option(help: ArgumentHelp("The local address to bind to.", valueName: "address"))
  var bind: String?

  @Option(
    help: ArgumentHelp(
      "The identity of this machine, by which its unchanged files are recognized. "
        + "(default: host name and machine-id)",
      valueName: "name"))
  var machine: String?

  @Flag(help: "Print errors only.")
  var quiet = false

  @Flag(help: "Print one JSON object per line for each file.")
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
