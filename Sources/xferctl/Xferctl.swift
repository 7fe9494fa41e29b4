import ArgumentParser
import XferCommand

/// The program for senders and operators. It is synchronous like xferd, because no command needs
/// Swift concurrency; `send` has threads of its own.
@main
struct Xferctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xferctl",
    abstract: "Send files to an xfer receiver, query its history and check its health.",
    discussion: """
        xferctl join INVITE
        xferctl send FILE...
        xferctl history --since 1d

      --server selects the receiver: a name from "xferctl join", or HOST[:PORT]. The default is \
      XFER_SERVER from the environment, "server" in ~/.config/xfer/config, the only receiver that \
      was joined, or localhost:5005.

      Exit status: 0 success, 64 incorrect usage, 65 files differ, 69 the receiver cannot be \
      reached, 74 failed, 77 refused, 130 interrupted.
      """,
    version: "1.0.0",
    subcommands: [
      Send.self, Join.self, History.self, Manifest.self, Stats.self, Ping.self, Health.self,
      Identity.self,
      Receivers.self, Verify.self, Backup.self,
    ])

  static func main() { Program.run(Xferctl.self, parsing: CommandLineReader.command) }
}
