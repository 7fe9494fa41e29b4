import Foundation
import Testing

@Suite(
  "Files arrive safely without digests",
  .timeLimit(.minutes(20)))
struct DigestTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Receipts and rows have no digest with --digest none, and xferd verify compares sizes")
  func verifyComparesSizesWithoutDigests() async throws {
    try directory.file("tree/small", bytes: 1001)
    let large = try directory.file("tree/large", bytes: 3_000_001)
    try await withReceiver("--digest", "none") { receiver in
      let outcome = try await receiver.send(directory.path + "/tree")
      #expect(outcome.status == 0 && outcome.objects.count == 2)
      #expect(outcome.objects.allSatisfy { $0["sha256"] as? String == nil })
      #expect(try await receiver.classic("send", large, "--name", "classic").status == 0)
      #expect(sameContent(large, receiver.published("tree/large")))
      #expect(try await receiver.history().allSatisfy { $0["sha256"] as? String == nil })
      let verify = ["verify", "--data", receiver.data]
      let good = try await Programs.xferd(verify)
      #expect(good.status == 0)
      let limit = "3 compared by size only, because they have no digest"
      #expect(good.out.contains(limit), "\(good.out)")
      try Data("short".utf8).write(to: URL(fileURLWithPath: receiver.published("classic")))
      let bad = try await Programs.xferd(verify)
      #expect(bad.status == 65)
      #expect(bad.out.contains("classic: differs: 5 bytes"), "\(bad.out)")
    }
  }

  @Test(
    "A file without a digest is delivered once if the recorder dies around its rename",
    arguments: ["recorder.recorded", "recorder.renamed"])
  func recorderDeathWithoutDigestIsRecovered(at place: String) async throws {
    let file = try directory.file("f", bytes: 3_000_001)
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace(place, in: failpoints)
    try await withReceiver(
      "--digest", "none", environment: ArmedPlace.environment(failpoints)
    ) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      kill(try #require(ProcessTable(supervisor: receiver.pid).child("recorder")), SIGKILL)
      #expect(try await sending.status == 0)
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history().compactMap { $0["status"] as? String } == ["completed"])
      #expect(receiver.arriving.isEmpty)
    }
  }
}
