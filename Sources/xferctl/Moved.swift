import ArgumentParser

/// Commands that work on the receiver's disk. They are commands of xferd now, so that xferctl needs
/// no database.
enum Moved {
  static func message(_ former: String, _ command: String) -> String {
    "\"xferctl \(former)\" is \"xferd \(command)\" now; run that on the receiver's host"
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument(parsing: .allUnrecognized) var arguments: [String] = []

  func run() throws { throw ValidationError(Moved.message("verify", "verify")) }
}

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument(parsing: .allUnrecognized) var arguments: [String] = []

  func run() throws { throw ValidationError(Moved.message("backup", "backup")) }
}
