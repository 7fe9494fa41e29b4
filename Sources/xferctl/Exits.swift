import ArgumentParser

import XferClient

/// The exit statuses of xferctl, with the numbers of sysexits(3). Wrong usage is 64.
extension ExitCode {
  /// Files differ from what was delivered, or, where proof was asked for, cannot be proven to be that.
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

  init(_ trouble: ConnectionTrouble) {
    switch trouble {
    case .unreachable, .notReceiver: self = .unreachable
    case .refused: self = .refused
    case .lost: self = .failed
    }
  }
}

/// Runs what a command does with a receiver; says what went wrong and turns it into a status.
func asking(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let trouble as ConnectionTrouble {
    complain("\(trouble)")
    throw ExitCode(trouble)
  }
}

func complain(_ sentence: String) { Terminal.error("xferctl: \(sentence)") }
