import ArgumentParser
import Glibc
import XferProtocol
import XferSystem

/// The receiver. The entry is synchronous: an async one would start threads before the first fork.
@main
struct Xferd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xferd",
    abstract: "Receives files, verifies them, and keeps a history of every transfer.",
    discussion: """
      Delivered files are under DIR/files, the history is DIR/history.sqlite. Every option can \
      also be given in the environment: --max-file-size as XFERD_MAX_FILE_SIZE. An option on the \
      command line wins.

      SIGTERM or SIGINT ends the receiver: nothing new is begun, what is in flight may finish for \
      --drain seconds, what is left can be resumed, and the exit status is 0.

      "xferd prune" removes old rows from the history; see "xferd prune --help".

      Exit status: 0 ended as told, 64 wrong usage, 70 a fault, 78 cannot work as it is set up.
      """,
    version: "1.0.0")

  @OptionGroup var settings: SettingOptions

  static func main() {
    ProcessTitle.prepare()
    ignoreSignal(SIGPIPE)  // a log whose reader has gone must not end the receiver
    DescriptorLimit.raise(to: 65_536)
    let (command, arguments) = command
    do {
      var command = try command.parseAsRoot(arguments)
      try command.run()
    } catch {
      command.exit(withError: error)
    }
  }

  /// Not a subcommand of the library's: that would take the receiver's options for those of what stands behind it.
  private static var command: (any ParsableCommand.Type, [String]) {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.first == "prune" else { return (Xferd.self, arguments) }
    return (Prune.self, Array(arguments.dropFirst()))
  }

  func run() throws {
    let settings = try Settings(settings)
    throw ExitCode(try Receiver(settings).run().rawValue)
  }
}
