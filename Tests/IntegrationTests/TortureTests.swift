import Foundation
import Testing

/// The short version of the random kills and of the soak, see Tests/Torture/kills.py and soak.py.
@Suite("A receiver stays correct under random kills and mixed load", .timeLimit(.minutes(20)))
struct TortureTests {
  @Test(
    "Random kills leave as many files, rows and digests as receipts")
  func randomKillsKeepReceiptsTrue() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "kills", "--seconds", "20", "--kills", "6",
        "--senders", "6", "--seed", "5", "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    let killed = try #require(summary["kills"] as? [String: Int])
    #expect(killed.values.reduce(0, +) > 5)
    let receipts = try #require(summary["receipts"] as? Int)
    #expect(receipts > 0)
    for what in ["files", "rows", "digests"] {
      #expect(summary[what] as? Int == receipts, "\(what)")
    }
  }

  @Test(
    "20 seconds of mixed load leave the long-lived processes without growth")
  func mixedLoadLeaksNothing() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "soak", "--seconds", "20", "--seed", "5",
        "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    #expect(try #require(summary["receipts"] as? Int) > 0)
  }

  @Test(
    "Half-open, slow, abandoned and countless connections and key updates do not keep an honest sender from its receipts"
  )
  func attacksLeaveHonestSenderServed() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "attacks", "--connections", "300", "--rate", "100",
        "--files", "20", "--megabytes", "4", "--turns", "1", "--limit", "0", "--apart", "no",
        "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    let attacks = try #require(summary["attacks"] as? [[String: Any]])
    #expect(attacks.count == 12)
    for attack in attacks { #expect(try #require(attack["tries"] as? Int) >= 300, "\(attack)") }
  }
}
