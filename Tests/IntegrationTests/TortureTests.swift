import Foundation
import Testing

/// The short version of `make torture`'s random kills, see Tests/Torture/kills.py.
@Suite("Processes are killed at random under load", .timeLimit(.minutes(10)))
struct TortureTests {
  @Test(
    "Receipts, files, rows and digests are equal in number when the senders are done",
    .timeLimit(.minutes(5)))
  func receiptsFilesRowsAndDigestsAreEqualInNumber() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "kills", "--seconds", "20", "--senders", "6",
        "--seed", "5", "--programs", Programs.directory,
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
    "Under mixed load the long-lived processes stay as they are: twenty seconds of the soak",
    .timeLimit(.minutes(5)))
  func underMixedLoadLongLivedProcessesStayAsThey() async throws {
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
}
