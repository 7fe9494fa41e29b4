import Testing

/// The short version of `torture order`, see Tests/Torture/order.py.
@Suite("A receiver keeps its promise to clients that keep no order")
struct ConversationOrderTests {
  @Test(
    "2,000 conversations out of order leave files, rows and receipts that agree",
    .timeLimit(.minutes(20)))
  func conversationsOutOfOrder() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "order", "--conversations", "2000", "--seed", "5",
        "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    #expect(summary["conversations"] as? Int == 2000)
    #expect(try #require(summary["receipts"] as? Int) > 100)
  }
}
