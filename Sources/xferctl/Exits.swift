import ArgumentParser
import XferClient

/// The exit statuses of xferctl. The numbers are from sysexits(3); incorrect usage is 64.
extension ExitCode {
  /// Files differ from the delivered ones, or a requested comparison was not possible.
  static let different = ExitCode(65)
  static let unreachable = ExitCode(69)
  static let failed = ExitCode(74)
  static let refused = ExitCode(77)

  init(_ result: SendResult) {
    switch result {
    case .allReceived: self = .success
    case .different, .unproven: self = .different
    case .refused: self = .refused
    case .failed: self = .failed
    case .unreachable: self = .unreachable
    }
  }

  init(_ failure: ConnectionFailure) {
    switch failure {
    case .unreachable, .notReceiver: self = .unreachable
    case .refused: self = .refused
    case .lost: self = .failed
    }
  }
}

/// Runs `body`, which talks to a receiver. Prints a connection failure and throws its exit status.
func exitingOnConnectionFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let failure as ConnectionFailure {
    printError("\(failure)")
    throw ExitCode(failure)
  }
}

/// Runs `body`. Prints its error and throws the exit status for failures.
func exitingOnFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    printError("\(error)")
    throw ExitCode.failed
  }
}

/// Prints one line to standard error, with the name of the program.
func printError(_ message: String) { Terminal.error("xferctl: \(message)") }
