import ArgumentParser

/// The sender's program, and the one that asks. Synchronous, as xferd is: nothing of it needs more
/// than one thread.
@main
struct Xferctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xferctl",
    abstract: "Sends files to an xfer receiver, asks its history, and looks how it is.",
    discussion: """
      The receiver is given with --server HOST[:PORT], else by XFER_SERVER in the environment, \
      else it is localhost:5005.

      Exit status: 0 all went well, 64 wrong usage, 65 files differ, 69 the receiver cannot be reached, 74 failed, \
      77 refused.
      """,
    version: "1.0.0",
    subcommands: [
      Send.self, History.self, Stats.self, Ping.self, Health.self, Verify.self, Backup.self,
    ])
}
