import ArgumentParser
import Glibc
import XferProtocol
import XferSystem

/// The receiver. Its main function is synchronous, because an async one would start threads before
/// the first fork.
@main
struct Xferd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xferd",
    abstract: "Receive files, verify them and keep a history of every transfer.",
    discussion: """
      Delivered files are in DIR/files. The history is DIR/history.sqlite. Every option can also \
      be given in the environment: --max-file-size as XFERD_MAX_FILE_SIZE. An option on the \
      command line overrides the environment.

      SIGTERM or SIGINT ends the receiver. No new transfer is begun. Transfers in flight may \
      finish within the time of --drain; the others can be resumed after a restart.

      Other commands, each with a --help of its own, work beside a running receiver or without \
      one: "xferd history" prints rows of the history, "xferd verify" compares delivered files \
      with it, "xferd backup" copies it, and "xferd prune" removes old rows. "xferd invite" and \
      "xferd clients" enrol clients, "xferd token" makes tokens for the pages, and "xferd health" \
      is a health check.

      Exit status: 0 after SIGTERM or SIGINT, 64 for wrong usage, 70 for an internal error, 78 if \
      the configuration or the data directory must be changed (the log gives the reason).
      """,
    version: "1.0.0")

  @OptionGroup var settings: SettingOptions

  static func main() {
    ProcessTitle.prepare()
    let (command, arguments) = command
    do {
      var command = try command.parseAsRoot(arguments)
      try command.run()
    } catch {
      command.exit(withError: error)
    }
  }

  private static let commands: [String: any ParsableCommand.Type] = [
    "history": History.self, "verify": Verify.self, "backup": Backup.self, "prune": Prune.self,
    "invite": MakeInvite.self, "clients": Clients.self, "health": Health.self,
    "token": TokenCommand.self,
  ]

  /// The command and its arguments. The commands are not subcommands of ArgumentParser, because
  /// that would parse the receiver's options in front of them.
  private static var command: (any ParsableCommand.Type, [String]) {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let command = arguments.first.flatMap({ commands[$0] }) else {
      return (Xferd.self, arguments)
    }
    return (command, Array(arguments.dropFirst()))
  }

  func run() throws {
    ignoreSignal(SIGPIPE)  // a closed log pipe must not end the receiver
    DescriptorLimit.raise(to: 65_536)
    let settings = try Settings(settings)
    throw ExitCode(try Receiver(settings).run().rawValue)
  }
}
