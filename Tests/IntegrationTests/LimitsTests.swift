import Foundation
import Testing

@Suite(
  "What is too much, too slow or too late is refused, told and counted", .timeLimit(.minutes(10)))
struct LimitsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Runs `body` while a client is in the middle of a transfer that it holds up.
  private func whileHolding(
    _ receiver: Receiver, _ name: String, _ body: () async throws -> Void
  ) async throws {
    let file = try directory.file("held-\(name)", bytes: 1_000_000)
    try await HeldTransfer.run(receiver.server, file, name) { _ in try await body() }
    #expect(sameContent(file, receiver.published(name)))
  }

  @Test(
    "One connection more than the limit is told that the receiver is busy",
    .timeLimit(.minutes(5)))
  func oneConnectionMoreThanLimitIsToldThatReceiver() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--max-connections", "1") { receiver in
      try await whileHolding(receiver, "held") {
        let answer = try await receiver.native("send", file, "f")
        #expect(answer["reason"] as? Int == 1)
        #expect(answer["retry_after"] as? Int == 2)
        let classic = try await receiver.classic("send", file)
        #expect(classic.objects.first?["status"] as? String == "refused")
        #expect(await receiver.log.line(with: "reason=busy") != nil)
        let health = try await Programs.xferctl("health", "--server", receiver.server)
        #expect(health.status == 0, "busy is not ill")
        let metrics = try await receiver.page("/metrics").body
        #expect(metrics.contains("xfer_connection_failures_total{reason=\"busy\"} 3"))
      }
    }
  }

  @Test(
    "One connection more than an address may have is told so, another address is served",
    .timeLimit(.minutes(5)))
  func oneConnectionMoreThanAddressMayHaveIsTold() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--max-per-address", "1") { receiver in
      try await whileHolding(receiver, "held") {
        let refused = try await receiver.native("ping")
        #expect(refused["reason"] as? Int == 2)
        let other = try await receiver.send(file, "--bind", "127.0.0.2")
        #expect(other.status == 0)
      }
    }
  }

  @Test("A sender waits for a busy receiver by itself", .timeLimit(.minutes(5)))
  func senderWaitsForBusyReceiverByItself() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--max-connections", "1") { receiver in
      let server = receiver.server
      var sending: Task<Outcome, any Error>?
      try await whileHolding(receiver, "held") {
        sending = Task { try await Programs.xferctl("send", file, "--server", server) }
        #expect(await receiver.log.line(with: "reason=busy") != nil)
      }
      let outcome = try #require(try await sending?.value)
      #expect(outcome.status == 0)
      #expect(outcome.err.contains("retrying in"))
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A greeting or a header that does not come in time is not waited for",
    .timeLimit(.minutes(5)), arguments: ["", "ff", "61626364"])
  func greetingOrHeaderThatDoesNotComeInTime(start: String) async throws {
    try await withReceiver("--header-timeout", "1") { receiver in
      let outcome = try await Programs.python("silent_client.py", [receiver.server, start])
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(await receiver.log.line(with: "reason=timeout") != nil)
    }
  }

  @Test(
    "A peer that stalls is given up, and what it sent is kept for resume",
    .timeLimit(.minutes(5)))
  func peerThatStallsIsGivenUp() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver("--stall-timeout", "3") { receiver in
      try await HeldTransfer.run(receiver.server, file, "f", expectingReceipt: false) { id in
        #expect(await receiver.log.line(with: "reason=timeout") != nil)
        #expect(receiver.partials.count == 1)
      }
      #expect(try await receiver.history().first?["reason"] as? String == "timeout")
    }
  }

  @Test("TLS is recognised and refused in the log", .timeLimit(.minutes(5)))
  func tlsIsRecognisedAndRefusedInLog() async throws {
    try await withReceiver { receiver in
      _ = try await Programs.python("tls_client.py", [receiver.server])
      #expect(await receiver.log.line(with: "reason=not_supported") != nil)
    }
  }
}
