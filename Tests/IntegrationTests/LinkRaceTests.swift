import Testing

/// The short version of `torture race`, see Tests/Torture/race.py.
@Suite("A delivery stays below files/ while links change places with directories there")
struct LinkRaceTests {
  @Test("No delivery follows a link that appears meanwhile", .timeLimit(.minutes(10)))
  func noDeliveryFollowsLink() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "race", "--files", "400", "--seed", "3",
        "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    #expect(try #require(summary["receipts"] as? Int) > 0)
    #expect(try #require(summary["refused"] as? [String: Int]).values.reduce(0, +) > 0)
    #expect(try #require(summary["exchanges"] as? Int) > 1000)
  }
}
