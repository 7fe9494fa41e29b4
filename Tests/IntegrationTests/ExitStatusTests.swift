import Foundation
import Testing

@Suite("Each exit status of the document is that of the programs", .timeLimit(.minutes(20)))
struct ExitStatusTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let document = URL(filePath: #filePath)
    .appending(path: "../../../docs/operations.md").standardized

  /// The statuses of the table in docs/operations.md.
  private static func documented() throws -> Set<Int32> {
    let text = try String(contentsOf: document, encoding: .utf8)
    let section = text.components(separatedBy: "\n## Exit status\n")[1]
      .components(separatedBy: "\n## ")[0]
    return Set(section.matches(of: /(?m)^\| (\d+) \|/).compactMap { Int32($0.1) })
  }

  @Test("Commands of both programs end with each status of the table, and with no other")
  func eachStatusIsSeen() async throws {
    // Without digests, a comparison is not possible.
    let end = try await withReceiver("--digest", "none") { receiver in
      for (status, outcome) in try await runs(receiver) + [(70, try await prunedInVain(receiver))] {
        #expect(outcome.status == status, "\(outcome.err)")
      }
    }
    #expect(end.status == 0)
    #expect(try ExitStatusTests.documented() == [0, 64, 65, 69, 70, 74, 77, 78, 130])
  }

  /// Runs beside a receiver, each with the status that it must have.
  private func runs(_ receiver: Receiver) async throws -> [(Int32, Outcome)] {
    let (file, other) = (
      try directory.file("f", bytes: 1000), try directory.file("g", bytes: 1000)
    )
    let data = ["--data", receiver.data]
    let missing = directory.path + "/missing"
    var runs: [(Int32, Outcome)] = [
      (0, try await receiver.send(file)),
      (0, try await Programs.xferd(["verify"] + data)),
      (64, try await Programs.xferctl("send", file, "--nonsense")),
      (64, try await Programs.xferd(["history", "--limit", "many"] + data)),
      (65, try await receiver.send(file, "--verify")),
      (69, try await Programs.xferctl("ping", "--server", "127.0.0.1:1")),
      (69, try await Programs.xferd(["health", "--listen", "127.0.0.1:1"] + data)),
      (74, try await receiver.send(missing)),
      (74, try await Programs.xferd("history", "--data", missing)),
      (77, try await receiver.send(other, "--as", "f")),
      (78, try await Programs.xferd(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"] + data)),
      (78, try await Programs.xferd("prune", "--before", "1d", "--data", directory.path)),
    ]
    runs.append((130, try await interrupted(receiver)))
    // Runs of which a part succeeded.
    runs.append((74, try await receiver.send(file, missing)))
    let taken = try directory.file("sub/g", bytes: 7)
    runs.append((0, try await receiver.send(other, "--as", "d/g")))
    runs.append((77, try await receiver.send(file, taken, "--as", "d/")))
    try FileManager.default.removeItem(atPath: receiver.published("f"))
    runs.append((65, try await Programs.xferd(["verify"] + data)))
    return runs
  }

  /// A run that sends for minutes, and is interrupted.
  private func interrupted(_ receiver: Receiver) async throws -> Outcome {
    let large = try directory.file("large", bytes: 5_000_000)
    return try await Programs.run(
      "/usr/bin/env",
      [
        "timeout", "--preserve-status", "-s", "INT", "1", Programs.directory + "/xferctl", "send",
        large, "--limit", "10K", "--server", receiver.server,
      ])
  }

  /// Removes rows while another program holds the history for longer than the command waits.
  private func prunedInVain(_ receiver: Receiver) async throws -> Outcome {
    var outcome: Outcome?
    try await HeldTransfer.running(
      "/usr/bin/env", ["python3", Programs.clients + "/lock_history.py", receiver.database],
      untilItSays: "locked"
    ) {
      outcome = try await Programs.xferd("prune", "--before", "0s", "--data", receiver.data)
    }
    return try #require(outcome)
  }
}
