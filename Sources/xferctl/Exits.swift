import ArgumentParser
import XferClient
import XferCommand

/// The exit statuses of results and failures.
extension ExitCode {
  init(_ result: SendResult) {
    switch result {
    case .allReceived: self = .success
    case .different, .unproven: self = .different
    case .refused: self = .refused
    case .failed: self = .failed
    case .unreachable: self = .unreachable
    case .stopped: self = .interrupted
    }
  }

  init(_ failure: ConnectionFailure) {
    switch failure {
    case .unreachable, .notReceiver, .insecure: self = .unreachable
    case .refused, .untrusted: self = .refused
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
