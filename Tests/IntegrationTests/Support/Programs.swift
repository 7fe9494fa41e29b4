import Foundation
import Subprocess
import SystemPackage
import Testing

/// The output and the exit status of a program.
struct Outcome {
  let status: Int32
  let out: String
  let err: String

  var lines: [String] { out.split(separator: "\n").map(String.init) }

  /// The lines as JSON objects, without that of a set.
  var objects: [[String: Any]] { allObjects.filter { $0["set_name"] == nil } }

  /// The object of a set; nil if there is none.
  var set: [String: Any]? { allObjects.first { $0["set_name"] != nil } }

  private var allObjects: [[String: Any]] {
    lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
  }
}

/// Runs the programs under test and the test clients.
enum Programs {
  /// The directory of the programs under test, which is that of the test program.
  /// XFER_TEST_PROGRAMS names another one, such as that of an earlier commit, to see a new test
  /// fail on it.
  static let directory =
    ProcessInfo.processInfo.environment["XFER_TEST_PROGRAMS"]
    ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let clients = tests.appendingPathComponent("Rig/clients").path

  static let torture = tests.appendingPathComponent("Torture/torture").path

  static func xferctl(_ arguments: String..., environment: [String: String] = [:]) async throws
    -> Outcome
  {
    try await run(directory + "/xferctl", arguments, environment)
  }

  static func xferctl(_ arguments: [String]) async throws -> Outcome {
    try await run(directory + "/xferctl", arguments)
  }

  /// Runs a command of xferd, which works on the receiver's disk.
  static func xferd(_ arguments: String...) async throws -> Outcome {
    try await run(directory + "/xferd", arguments)
  }

  static func xferd(_ arguments: [String]) async throws -> Outcome {
    try await run(directory + "/xferd", arguments)
  }

  static func python(_ script: String, _ arguments: [String]) async throws -> Outcome {
    try await run("/usr/bin/env", ["python3", clients + "/" + script] + arguments)
  }

  /// The environment of the programs under test, unless a test says otherwise: a receiver that
  /// serves every client, and a sender without encryption. Most promises do not depend on them.
  private static let open = ["XFERD_ACCESS": "open", "XFER_PLAIN": "1"]

  /// Returns the environment with the defaults of the tests.
  static func variables(_ environment: [String: String]) -> [Environment.Key: String?] {
    var variables: [Environment.Key: String?] = [:]
    for (name, value) in open.merging(environment, uniquingKeysWith: { $1 }) {
      variables[Environment.Key(stringLiteral: name)] = value
    }
    return variables
  }

  static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String] = [:]
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .inherit.updating(variables(environment)),
      output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    return Outcome(
      status: result.terminationStatus.number, out: result.standardOutput,
      err: result.standardError)
  }
}

extension TerminationStatus {
  /// The exit status, or 128 plus the signal, as in a shell.
  var number: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }
}
