import Foundation
import Testing

/// The short version of Tests/Torture/bad_link.py, with a fixed seed; the long one injects 2,000
/// faults.
@Suite(
  "Transfers survive a link that cuts, stalls, splits and flips bits", .timeLimit(.minutes(20)))
struct BadLinkTests {
  @Test(
    "Every file arrives once and unchanged through 150 link faults")
  func filesArriveOnceThroughLinkFaults() async throws {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.torture, "link", "--faults", "150", "--seed", "7",
        "--programs", Programs.directory,
      ])
    let summary = try #require(outcome.objects.last, "\(outcome.err)")
    #expect(outcome.status == 0, "\(summary["problems"] ?? outcome.err)")
    #expect(try number("faults", in: summary) >= 150)
    let sent = try number("sent", in: summary)
    for what in ["receipts", "files", "rows"] {
      #expect(try number(what, in: summary) == sent, "\(what)")
    }
    let flips = try #require(summary["flips"] as? [String: Any])
    #expect(try number("applied", in: flips) > 0)
    #expect(try number("uncaught", in: flips) == 0)
  }

  private func number(_ key: String, in object: [String: Any]) throws -> Int {
    try #require(object[key] as? Int, "\(key) is missing")
  }
}
