import ArgumentParser
import XferSystem

/// The exit statuses of commands. The numbers are from sysexits(3); incorrect usage is 64.
extension ExitCode {
  /// Files differ from the delivered ones, or a requested comparison was not possible (EX_DATAERR).
  package static let different = ExitCode(65)
  /// An input or output failed (EX_IOERR).
  package static let failed = ExitCode(74)
}

/// Runs `body`. Prints its error and throws the exit status for failures. A status and an error of
/// usage that `body` throws are passed on.
package func exitingOnFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let status as ExitCode {
    throw status
  } catch let usage as ValidationError {
    throw usage
  } catch {
    printError("\(error)")
    throw ExitCode.failed
  }
}

/// Prints one line to standard error, with the name of the program.
package func printError(_ message: String) {
  Terminal.error("\(programName): \(message)")
}

/// The last component of the path with which the program was started.
private var programName: Substring {
  (CommandLine.arguments.first ?? "xfer").split(separator: "/").last ?? "xfer"
}
