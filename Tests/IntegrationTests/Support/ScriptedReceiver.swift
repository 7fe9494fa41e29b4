import Foundation
import Testing

/// Runs `xferctl` against a receiver with scripted answers (Tests/Rig/clients/scripted_receiver.py).
enum ScriptedReceiver {
  struct Result {
    let outcome: Outcome
    /// The offers that the receiver got, in their order.
    let offers: [[String: Any]]
    /// The SHA-256 of the received files by name.
    let received: [String: String]
    /// The ids that the receiver named as the next ones.
    let following: [String]
    let connections: Int

    var ids: [String] { offers.compactMap { $0["id"] as? String } }
    /// The lines that xferctl printed.
    var lines: [String] { outcome.lines.dropLast() }
  }

  static func xferctl(
    _ way: String, _ arguments: String..., options: [String] = []
  ) async throws -> Result {
    let command =
      [way] + options + ["--", Programs.directory + "/xferctl"] + arguments + ["--server", "{}"]
    let outcome = try await Programs.python("scripted_receiver.py", command)
    let report = try #require(outcome.objects.last, "\(outcome.out)\(outcome.err)")
    return Result(
      outcome: outcome, offers: report["offers"] as? [[String: Any]] ?? [],
      received: report["received"] as? [String: String] ?? [:],
      following: report["following"] as? [String] ?? [],
      connections: report["connections"] as? Int ?? 0)
  }
}

/// Returns the SHA-256 of a file, computed by `sha256sum`.
func sha256(_ path: String) async throws -> String {
  String(try await Programs.run("/usr/bin/env", ["sha256sum", path]).out.prefix(64))
}
