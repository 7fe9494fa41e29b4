import Foundation
import Testing

/// A resumed file is read again before its receipt, which may take minutes. Here a failpoint holds
/// the verification.
@Suite(
  "A receiver stays responsive while it verifies a resumed file",
  .timeLimit(.minutes(20))
)
struct VerificationTests {
  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  private var environment: [String: String] { ArmedPlace.environment(failpoints) }

  @Test(
    "A verification reports progress to its client, and pings are answered")
  func verificationReportsProgress() async throws {
    let file = try directory.file("f", bytes: 3_000_000)
    try await withReceiver(environment: environment) { receiver in
      let id = HeldTransfer.id
      _ = try await receiver.native("send", file, "f", "--id", id, "--stop-after", "2000000")
      try await eventually { try await !receiver.history().isEmpty }
      let name = "session.verifying"
      _ = ArmedPlace(name, in: failpoints)
      let outcome = try await Programs.python(
        "verifying_client.py",
        [receiver.server, file, "f", id, "\(failpoints.path)/\(name).go"])
      let answer = try #require(outcome.objects.last, "\(outcome.err)")
      #expect(answer["status"] as? String == "received")
      #expect(answer["resumed_at"] as? Int ?? 0 >= 2_000_000)
      #expect(answer["pong"] as? String == "answered")
      #expect(answer["elsewhere"] as? Int == 1, "busy: \(answer)")
      let told = try #require(answer["working"] as? [[String: Int]])
      #expect(told.allSatisfy { $0 == ["tag": 1, "done": 0, "total": 3_000_000] }, "\(told)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  /// Sends a file with xferctl, and kills xferctl after the first block of content.
  private func cut(_ file: String, _ receiver: Receiver) async throws {
    let place = ArmedPlace("session.arriving", in: failpoints)
    try await HeldTransfer.killWhen(
      {
        try await place.reached()
        return true
      }, Programs.directory + "/xferctl", ["send", file, "--server", receiver.server, "--quiet"])
    place.goOn()
    try await eventually { try await !receiver.history().isEmpty }
  }

  @Test(
    "A sender that reconnects during the verification waits for it and gets its receipt")
  func reconnectedSenderGetsReceipt() async throws {
    let file = try await directory.noise("f", bytes: 300_000_000)
    try await withReceiver("--log-level", "debug", environment: environment) { receiver in
      try await cut(file, receiver)
      let place = ArmedPlace("session.verifying", in: failpoints)
      try await HeldTransfer.killWhen(
        {
          try await place.reached()
          return receiver.arrivedBytes == 300_000_000
        }, Programs.directory + "/xferctl", ["send", file, "--server", receiver.server, "--quiet"])
      let sending = Task { try await receiver.send(file, "--retry-for", "1s") }
      #expect(await receiver.log.line(with: "waits for another session") != nil)
      place.goOn()
      let outcome = try await sending.value
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history("--status", "completed").count == 1)
      #expect(try await !receiver.history().contains { $0["reason"] as? String == "busy" })
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A shutdown interrupts a verification, and the file resumes after the restart")
  func shutdownInterruptsVerification() async throws {
    let file = try await directory.noise("f", bytes: 300_000_000)
    let data = directory.path + "/data"
    let end = try await withReceiver("--drain", "0s", data: data, environment: environment) {
      receiver in
      try await cut(file, receiver)
      let place = ArmedPlace("session.verifying", in: failpoints)
      try await HeldTransfer.killWhen(
        {
          try await place.reached()
          return receiver.arrivedBytes == 300_000_000
        }, Programs.directory + "/xferctl", ["send", file, "--server", receiver.server, "--quiet"])
      receiver.signal(SIGTERM)
    }
    #expect(end.status == 0)
    #expect(await end.log.count(of: "was killed by signal") == 0)
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.sqlite("SELECT max(resumed_at) FROM transfer") == "300000000")
      #expect(receiver.arriving.isEmpty)
    }
  }
}
