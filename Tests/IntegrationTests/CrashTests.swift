import Foundation
import Testing

/// The short version of `make torture`'s crashes, see Tests/Torture/crash.py.
@Suite(
  "The file system below the receiver crashes under load", .timeLimit(.minutes(10)),
  .enabled(if: TestDisk.canLoop, "only root can mount an image, and that needs a loop device"))
struct CrashTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func torture(
    _ tool: String, _ arguments: String...
  ) async throws -> (status: Int32, [String: Any]) {
    let base = ["python3", "-B", Programs.torture, tool, "--programs", Programs.directory]
    // What it leaves when it fails goes with the directory of this test.
    let outcome = try await Programs.run(
      "/usr/bin/env", base + arguments, ["TMPDIR": directory.path])
    let summary = try #require(outcome.objects.last, "\(outcome.out) \(outcome.err)")
    return (outcome.status, summary)
  }

  @Test(
    "Every receipt is true on what the crash left, and all senders come to their end",
    .timeLimit(.minutes(5)),
    arguments: [("ext4", "new", "2"), ("xfs", "new", "1")].filter {
      TestDisk.usable.map(\.rawValue).contains($0.0)
    })
  func everyReceiptIsTrueOnWhatCrashLeft(_ disk: (name: String, boot: String, crashes: String))
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

  @Test(
    "A lazy receiver loses receipts, so that the trial can fail", .timeLimit(.minutes(5)))
  func lazyReceiverLosesReceipts() async throws {
    let (status, summary) = try await torture(
      "crash", "--fs", "ext4", "--boot", "new", "--crashes", "1", "--receipts", "1", "--durability",
      "lazy", "--seed", "11")
    #expect(status == 1)
    #expect(try #require(summary["receipts lost"] as? Int) > 0)
  }

  /// Without a journal a rename is two changes, of which a loss of power may keep the first alone.
  @Test(
    "A file that a crash left in neither directory has no receipt, and is sent again",
    .timeLimit(.minutes(5)), arguments: ["ext4", "ext4-nojournal", "ext2"])
  func fileThatCrashLeftInNeitherDirectoryHasNo(disk: String) async throws {
    let (status, summary) = try await torture("moments", "rename", "--fs", disk)
    #expect(status == 0, "\(summary["problems"] ?? "")")
  }

  /// The mark of the machine's start tells nothing then.
  @Test(
    "Content that a crash of the file system alone took from a cut transfer is sent again",
    .timeLimit(.minutes(5)))
  func contentThatCrashOfFileSystemAloneTookFrom() async throws {
    let (status, summary) = try await torture("moments", "resume", "--fs", "ext4")
    #expect(status == 0, "\(summary["problems"] ?? "")")
  }
}
