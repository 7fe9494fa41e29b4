import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite(
  "A run has as many connections as it is told, one limit and one end", .timeLimit(.minutes(20)))
struct JobsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("--jobs opens that many connections for large files", arguments: [1, 3])
  func jobsAreConnections(jobs: Int) async throws {
    for index in 0..<6 { try directory.file("tree/\(index)", bytes: 300_000, seed: UInt64(index)) }
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", directory.path + "/tree", "--jobs", "\(jobs)", "--limit", "1M")
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.received.count == 6)
    #expect(result.connections == jobs)
  }

  @Test("Several large files use several connections without an option")
  func largeFilesUseConnections() async throws {
    for index in 0..<2 { _ = try await directory.noise("\(index)", bytes: 70_000_000) }
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", directory.path + "/0", directory.path + "/1")
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.connections == 2)
  }

  @Test("Every file of a tree arrives once over eight connections")
  func everyFileArrivesOnce() async throws {
    for index in 0..<400 {
      try directory.file(
        "tree/\(index)", bytes: index % 10 == 0 ? 300_000 : 3000, seed: UInt64(index))
    }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(directory.path + "/tree", "--jobs", "8", "--verify")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.count == 400)
      #expect(
        outcome.objects.allSatisfy {
          $0["repeated"] as? Bool == false && $0["verified"] as? Bool == true
        })
      let diff = try await Programs.run(
        "/usr/bin/env", ["diff", "-r", directory.path + "/tree", receiver.published("tree")])
      #expect(diff.status == 0, "\(diff.out)")
    }
  }

  @Test("A receiver with one place for a client serves eight connections by one")
  func placesAreShared() async throws {
    for index in 0..<20 { try directory.file("tree/\(index)", bytes: 300_000, seed: UInt64(index)) }
    try await withReceiver("--max-connections", "1") { receiver in
      let outcome = try await receiver.send(
        directory.path + "/tree", "--jobs", "8", "--limit", "3M")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.count { $0["status"] as? String == "received" } == 20)
    }
  }

  @Test("All files are given up once if the receiver is gone, whatever the number of connections")
  func lostReceiverIsReportedOnce() async throws {
    for index in 0..<8 { try directory.file("tree/\(index)", bytes: 300_000, seed: UInt64(index)) }
    let outcome = try await Programs.xferctl(
      "send", directory.path + "/tree", "--jobs", "4", "--server", "127.0.0.1:1", "--retry-for",
      "0s")
    #expect(outcome.status == 69)
    #expect(outcome.err.split(separator: "\n").count == 1, "\(outcome.err)")
    #expect(outcome.err.contains("8 files not sent"))
  }

  @Test("A limited run reports a rate within its limit")
  func limitHolds() async throws {
    for index in 0..<4 { try directory.file("tree/\(index)", bytes: 500_000, seed: UInt64(index)) }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(
        directory.path + "/tree", "--jobs", "2", "--limit", "1M")
      #expect(outcome.status == 0, "\(outcome.err)")
      let rows = try await receiver.sqlite(
        """
        SELECT (julianday(max(finished_at)) - julianday(min(started_at))) * 86400
        FROM history WHERE kind = 'file'
        """)
      // Two million bytes less the first part take 1.8 s at this rate.
      #expect(try #require(Double(rows)) > 1.5, "\(rows)")
    }
  }

  @Test("The duration of a file counts from its own first byte")
  func durationIsThatOfFile() async throws {
    let files = [
      try directory.file("1", bytes: 2_000_000, seed: 1),
      try directory.file("2", bytes: 300_000, seed: 2),
    ]
    try await withReceiver { receiver in
      let outcome = try await receiver.send(files[0], files[1], "--jobs", "1", "--limit", "1M")
      #expect(outcome.status == 0, "\(outcome.err)")
      var seconds: [String: Double] = [:]
      for object in outcome.objects {
        seconds[object["name"] as? String ?? ""] = object["duration_seconds"] as? Double
      }
      // The second file waits behind the first one, for seven times as long as its content takes.
      #expect(try #require(seconds["2"]) < (try #require(seconds["1"])) / 2, "\(seconds)")
    }
  }

  @Test(
    "An interrupted run ends with 130, says how to go on, and another one resumes it",
    arguments: [SIGINT, SIGTERM])
  func interruptedRunIsResumed(signal: Int32) async throws {
    let file = try await directory.noise("f", bytes: 20_000_000)
    try await withReceiver { receiver in
      let outcome = try await interrupted(
        signal, ["send", file, "--server", receiver.server, "--limit", "2M"]
      ) { receiver.arrivedBytes > 1_000_000 }
      #expect(outcome.status == 128 + signal)
      #expect(outcome.err.contains("interrupted; run the same command again to send the rest"))
      #expect(outcome.err.contains("1 file not sent: interrupted"))
      try await eventually { try await receiver.history("--status", "failed").count == 1 }
      let again = try await Programs.xferctl("send", file, "--server", receiver.server)
      #expect(again.status == 0, "\(again.err)")
      #expect(again.out.contains("resumed   f at "))
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("What was sent whole has its receipt before an interrupted run ends")
  func sentFilesHaveReceipts() async throws {
    let large = try await directory.noise("z", bytes: 20_000_000)
    for index in 0..<20 { try directory.file("tree/\(index)", bytes: 1000) }
    let place = ArmedPlace("recorder.recorded", in: directory)
    try await withReceiver(environment: ArmedPlace.environment(directory)) { receiver in
      let outcome = try await interrupted(
        SIGINT,
        [
          "send", directory.path + "/tree", large, "--server", receiver.server, "--json", "--limit",
          "2M",
        ], stopped: place.goOn
      ) {
        try await place.reached()
        return true
      }
      #expect(outcome.status == 130)
      let received = outcome.objects.filter { $0["status"] as? String == "received" }
      #expect(received.count == 20)
    }
  }

  /// Runs xferctl, sends it a signal when the condition is true, calls `stopped` when it says that
  /// it stops, and returns its end.
  private func interrupted(
    _ signal: Int32, _ arguments: [String], stopped: () -> Void = {},
    when condition: @Sendable () async throws -> Bool
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .path(FilePath(Programs.directory + "/xferctl")), arguments: Arguments(arguments),
      environment: .inherit.updating(Programs.variables([:])), input: .none,
      output: .sequence, error: .sequence
    ) { execution in
      try await eventually(condition)
      kill(execution.processIdentifier.value, signal)
      async let out = execution.standardOutput.strings().reduce("") { $0 + $1 + "\n" }
      var err = ""
      for try await line in execution.standardError.strings() {
        if line.contains("stopping after") { stopped() }
        err += line + "\n"
      }
      return (try await out, err)
    }
    return Outcome(
      status: result.terminationStatus.number, out: result.closureResult.0,
      err: result.closureResult.1)
  }
}
