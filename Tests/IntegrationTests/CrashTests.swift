import Foundation
import Testing

/// The short version of the crashes of `make torture`, see Tests/Torture/crash.py.
@Suite(
  "Receipts stay true when the file system crashes under load", .timeLimit(.minutes(20)),
  .enabled(if: TestDisk.canLoop, "only root can mount an image, and that needs a loop device"))
struct CrashTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func torture(
    _ tool: String, _ arguments: String...
  ) async throws -> (status: Int32, [String: Any]) {
    let base = ["python3", "-B", Programs.torture, tool, "--programs", Programs.directory]
    // The files of a failed run are removed with the directory of this test.
    let outcome = try await Programs.run(
      "/usr/bin/env", base + arguments, ["TMPDIR": directory.path])
    let summary = try #require(outcome.objects.last, "\(outcome.out) \(outcome.err)")
    return (outcome.status, summary)
  }

  @Test(
    "Every receipt is true after a crash, and every sender finishes",
    arguments: [("ext4", "new", "2"), ("xfs", "new", "1")].filter {
      TestDisk.usable.map(\.rawValue).contains($0.0)
    })
  func receiptsStayTrueAfterCrash(_ disk: (name: String, boot: String, crashes: String))
    async throws
  {
    let (status, summary) = try await torture(
      "crash", "--fs", disk.name, "--boot", disk.boot, "--crashes", disk.crashes, "--receipts", "1",
      "--seed", "11")
    #expect(status == 0, "\(summary["problems"] ?? "")")
    #expect(summary["crashes"] as? Int == Int(disk.crashes))
    #expect(summary["receipts lost"] as? Int == 0)
    #expect(try #require(summary["receipts before"] as? Int) > 0)
  }

  /// This shows that the trial detects lost receipts.
  @Test(
    "A receiver with lazy durability loses receipts in a crash")
  func lazyReceiverLosesReceipts() async throws {
    let (status, summary) = try await torture(
      "crash", "--fs", "ext4", "--boot", "new", "--crashes", "1", "--receipts", "1", "--durability",
      "lazy", "--seed", "11")
    #expect(status == 1)
    #expect(try #require(summary["receipts lost"] as? Int) > 0)
  }

  /// Without a journal a rename is two changes, and a loss of power may keep only the first.
  @Test(
    "A file that a crash lost during its rename has no receipt and is sent again",
    arguments: ["ext4", "ext4-nojournal", "ext2"])
  func fileLostInRenameIsSentAgain(disk: String) async throws {
    let (status, summary) = try await torture("moments", "rename", "--fs", disk)
    #expect(status == 0, "\(summary["problems"] ?? "")")
  }

  /// The boot mark does not change in this crash.
  @Test(
    "Content that a crash of the file system took from a cut transfer is sent again")
  func contentLostInCrashIsSentAgain() async throws {
    let (status, summary) = try await torture("moments", "resume", "--fs", "ext4")
    #expect(status == 0, "\(summary["problems"] ?? "")")
  }
}
