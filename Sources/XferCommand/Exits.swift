import ArgumentParser
import XferSystem

extension ExitCode {
  /// Files differ from the delivered ones, or a requested comparison was not possible.
  package static let different = ExitCode(.different)
  /// The receiver cannot be reached.
  package static let unreachable = ExitCode(.unreachable)
  /// An input or output failed, or something that was named does not exist.
  package static let failed = ExitCode(.failed)
  /// The receiver has refused.
  package static let refused = ExitCode(.refused)
  /// A person has interrupted the command.
  package static let interrupted = ExitCode(.interrupted)

  /// The code of a status.
  package init(_ status: ExitStatus) { self.init(status.rawValue) }
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
