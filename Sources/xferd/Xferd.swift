import ArgumentParser
import Glibc
import XferCommand
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
        xferd --data /srv/xfer
        xferd invite laptop --data /srv/xfer

      Delivered files are in DIR/files. The history is DIR/history.sqlite. Every option can also \
      be given in the environment: --max-file-size as XFERD_MAX_FILE_SIZE. An option on the \
      command line overrides the environment.

      SIGTERM or SIGINT ends the receiver. No new transfer is begun. Transfers in flight may \
      finish within the time of --drain; the others can be resumed after a restart.

      A command works beside a running receiver, or without one.

      Exit status: 0 after SIGTERM or SIGINT, 64 for wrong usage, 70 for an internal error, 78 if \
      the configuration or the data directory must be changed (the log gives the reason).
      """,
    version: "1.0.0",
    subcommands: [
      MakeInvite.self, Clients.self, History.self, Verify.self, Backup.self, Prune.self,
      TokenCommand.self, Health.self,
    ])

  @OptionGroup var settings: SettingOptions

  static func main() {
    ProcessTitle.prepare()
    Program.run(Xferd.self)
  }

  func run() throws {
    ignoreSignal(SIGPIPE)  // a closed log pipe must not end the receiver
    DescriptorLimit.raise(to: 65_536)
    let settings = try Settings(settings)
    let exit = try Receiver(settings).run()
    throw ExitCode(ExitStatus(rawValue: exit.rawValue) ?? .internalError)
  }
}
