import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferProtocol
import XferText

struct Send: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send files and directories.",
    discussion: """
        xferctl send backup.tar logs/
        xferctl send backup.tar --as "$(date +%F)/"

      A directory is sent under its own name, with all regular files in it. The exit status is 0 \
      only after the receipt of every file has arrived: then each file is complete, verified, on \
      disk under its name, and in the history. An unchanged file that is sent again is not \
      delivered twice.

      The command retries while the receiver is busy, full, restarting or not running yet.

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
      reached; 74 some files were not sent; 77 some files were refused, permanently or for all of \
      --retry-for. If several apply, a difference takes precedence, then a failure, then a \
      refusal.
      """,
    // Without -h: "-dash" would be parsed as a cluster of flags that contains -h, and exit with 0.
    helpNames: .long)

  @Argument(
    help: ArgumentHelp("The files and directories to send.", valueName: "file"),
    completion: .file())
  var files: [String]

  @OptionGroup var server: ServerOptions

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The name at the receiver. With several files or a trailing slash, the directory there.",
      valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The local address to bind to.", valueName: "address"))
  var bind: String?

  @OptionGroup var retries: RetryOptions

  @Flag(help: "Read files that look unchanged, and send those with other content again.")
  var checksum = false

  @Flag(
    help: "Compare the SHA-256 of every file with its receipt, and send files that differ again.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "The identity of this machine, by which its unchanged files are recognized. "
        + "(default: $XFER_MACHINE, or host name and machine-id)",
      valueName: "name"))
  var machine: String?

  @Flag(help: "Print errors only.")
  var quiet = false

  @Flag(help: "Print one JSON object per line for each file.")
  var json = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("no files; give at least one file or directory") }
    if let name { try Send.checkName(name) }
    if quiet, json { throw ValidationError("--quiet and --json cannot be used together") }
  }

  private static func checkName(_ name: String) throws {
    do {
      _ = try FileName(name.hasSuffix("/") ? String(name.dropLast()) : name)
    } catch {
      throw ValidationError("--as: \(error)")
    }
  }

  func run() throws {
    let options = try senderOptions()
    let list = SendList(files, as: name)
    printProblems(of: list)
    let display = display(list)
    let result = Sender(list, options: options, report: display.show).run()
    display.finish()
    try exitingOnFailure { try Terminal.checkOutput() }
    if result != .different, result != .unreachable, !list.problems.isEmpty {
      throw ExitCode.failed
    }
    throw ExitCode(result)
  }

  private func senderOptions() throws -> Sender.Options {
    var options = Sender.Options(address: try server.address(from: bind))
    options.retryFor = patience
    options.proof = verify ? .all : checksum ? .repeated : .none
    options.machine = try machineName()
    return options
  }

  private var patience: Duration { retries.retryFor.duration }

  private func printProblems(of list: SendList) {
    for problem in list.problems { printError("\(problem.path): not sent: \(problem.why)") }
    guard !quiet else { return }
    for (path, what) in list.skipped { printError("\(path): skipped: \(what)") }
  }

  private func machineName() throws -> String? {
    let variable = getenv("XFER_MACHINE").map { String(cString: $0) }
    if machine == "" {
      throw ValidationError("--machine: the name is empty; expected a name such as web-1")
    }
    return machine ?? (variable == "" ? nil : variable)
  }

  private func display(_ list: SendList) -> any SendDisplay {
    if json { return JSONDisplay() }
    if !quiet, isatty(STDOUT_FILENO) == 1 { return BarDisplay(list, patience: patience) }
    return LineDisplay(list, patience: patience, quiet: quiet)
  }
}
