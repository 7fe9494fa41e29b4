import Foundation
import Testing

@Suite("A client beyond a limit is refused, logged and counted", .timeLimit(.minutes(20)))
struct LimitsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Runs `body` while a client pauses in the middle of a transfer.
  private func whileHolding(
    _ receiver: Receiver, _ name: String, _ body: () async throws -> Void
  ) async throws {
    let file = try directory.file("held-\(name)", bytes: 1_000_000)
    try await HeldTransfer.run(receiver.server, file, name) { _ in try await body() }
    #expect(sameContent(file, receiver.published(name)))
  }

  @Test(
    "A connection above --max-connections is refused as busy")
  func connectionAboveLimitIsBusy() async throws {
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
    "A connection above --max-per-address is refused while another address is served")
  func addressLimitSparesOtherAddresses() async throws {
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

  @Test("A sender retries a busy receiver by itself")
  func senderRetriesBusyReceiver() async throws {
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
    "A connection without a complete greeting or header ends after --header-timeout",
    arguments: ["", "ff", "61626364"])
  func missingGreetingTimesOut(start: String) async throws {
    try await withReceiver("--header-timeout", "1") { receiver in
      let outcome = try await Programs.python("silent_client.py", [receiver.server, start])
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(await receiver.log.line(with: "reason=timeout") != nil)
    }
  }

  @Test(
    "A transfer that stalls ends with a timeout, and its content is kept")
  func stalledTransferIsKept() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver("--stall-timeout", "3") { receiver in
      try await HeldTransfer.run(receiver.server, file, "f", expectingReceipt: false) { id in
        #expect(await receiver.log.line(with: "reason=timeout") != nil)
        #expect(receiver.partials.count == 1)
      }
      #expect(try await receiver.history().first?["reason"] as? String == "timeout")
    }
  }
}
