import ArgumentParser
import Glibc
import XferClient
import XferProtocol

struct Send: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send files and directories.",
    discussion: """
      A directory is sent with all regular files in it, under its own name. The command ends with \
      0 only when the receipt of every file has come: then each is whole, verified, on disk under \
      its name, and in the history. A file that is sent again unchanged is not \
      delivered twice.

      What can pass is waited for: a receiver that is busy, full, restarting or not there yet.

      Unchanged means: the same machine, path, name, inode, size, and times of change (mtime and \
      ctime). What changes content and none of these cannot be noticed without reading it: stores \
      through a mapping (databases, virtual machines), always on tmpfs, elsewhere while pages are \
      dirty; writes within one tick of the clock, some ms, or 1 to 2 s on ext4 with small inodes and \
      on FAT; an image with fixed times mounted in the place of another. --checksum reads what \
      looks unchanged and sends it as a new file where its content is another. --verify compares \
      the SHA-256 of every file with its receipt.

      Exit status: 0 every receipt came, 64 wrong usage, 65 a file differs from what the receiver \
      has, or, with --verify or --checksum, could not be compared, 69 the receiver cannot be \
      reached, 74 some file was not sent, 77 some file was refused, for good or for all of \
      --retry-for. A difference counts first, a failure before a refusal.
      """,
    // Without -h: "-dash" would be taken for a cluster of flags with -h in it, and end with 0.
    helpNames: .long)

  @Argument(help: ArgumentHelp("What to send.", valueName: "file"))
  var files: [String]

  @OptionGroup var server: ServerOptions

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The name at the receiver; of several files, or with a slash at its end, the directory there.",
      valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The local address to send from.", valueName: "address"))
  var bind: String?

  @Option(
    help: ArgumentHelp(
      "How long to wait for a receiver that does not get on, as 30s, 5m or 2h. (default: 5m)",
      valueName: "time"),
    transform: TimeSpan.parse)
  var retryFor = TimeSpan(seconds: 300, as: "5m")

  @Flag(
    help: "Read files that look unchanged; send those with other content than was delivered anew.")
  var checksum = false

  @Flag(help: "Compare the SHA-256 of every file with its receipt; send what differs again.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "What tells this machine from others, to know its files again. "
        + "(default: $XFER_MACHINE, else host name and machine-id)",
      valueName: "name"))
  var machine: String?

  @Flag(help: "Tell only what went wrong.")
  var quiet = false

  @Flag(help: "Write one JSON object a line for each file.")
  var json = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one file to send") }
    if let name { try Send.checkName(name) }
    if quiet, json { throw ValidationError("--quiet and --json exclude each other") }
  }

  private static func checkName(_ name: String) throws {
    do {
      _ = try FileName(name.hasSuffix("/") ? String(name.dropLast()) : name)
    } catch {
      throw ValidationError("--as: \(error)")
    }
  }

  func run() throws {
    var options = Sender.Options(address: try server.address(from: bind))
    options.retryFor = retryFor.seconds
    options.proof = verify ? .all : checksum ? .repeated : .none
    options.machine = try machineName()
    let list = SendList(files, as: name)
    for problem in list.problems { complain("\(problem.path): not sent: \(problem.why)") }
    if !quiet {
      for (path, what) in list.skipped { complain("\(path): skipped, \(what)") }
    }
    let display = display(list)
    let result = Sender(list, options, report: display.show).run()
    display.finish()
    try orFail { try Terminal.checkOutput() }
    if result != .different, result != .unreachable, !list.problems.isEmpty {
      throw ExitCode.failed
    }
    throw ExitCode(result)
  }

  private func machineName() throws -> String? {
    let variable = getenv("XFER_MACHINE").map { String(cString: $0) }
    if machine == "" { throw ValidationError("--machine: give a name, as web-1") }
    return machine ?? (variable == "" ? nil : variable)
  }

  private func display(_ list: SendList) -> any SendDisplay {
    if json { return JSONDisplay() }
    if !quiet, isatty(STDOUT_FILENO) == 1 { return BarDisplay(list, patience: retryFor.seconds) }
    return LineDisplay(list, patience: retryFor.seconds, quiet: quiet)
  }
}
