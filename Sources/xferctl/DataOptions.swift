import ArgumentParser
import Glibc

/// Which data directory a command works on, for those that run on the receiver's host.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The receiver's data directory. (default: $XFERD_DATA)", valueName: "dir"))
  var data: String?

  func directory() throws -> String {
    if let directory = data ?? getenv("XFERD_DATA").map({ String(cString: $0) }) {
      return directory
    }
    throw ValidationError("--data: say which data directory, as --data /srv/xfer")
  }
}

/// Runs what a command does; says what went wrong and ends with the status for it.
func orFail(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    complain("\(error)")
    throw ExitCode.failed
  }
}
