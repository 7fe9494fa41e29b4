import Foundation
import Testing

@Suite(
  "A sender with --verify or --checksum trusts only the digest of its own content",
  .timeLimit(.minutes(20)))
struct ProofTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static let sizes = [0, 1000, 200_000, 3_000_001]

  @Test(
    "xferctl send --verify compares every receipt with its file",
    arguments: sizes)
  func verifyComparesEveryReceipt(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await withReceiver { receiver in
      for isThere in [false, true] {
        let outcome = try await receiver.send(file, "--verify")
        #expect(outcome.status == 0, "\(outcome.err)")
        let line = try #require(outcome.objects.first)
        #expect(line["verified"] as? Bool == true && line["repeated"] as? Bool == isThere)
      }
    }
  }

  @Test(
    "xferctl send --verify reports a wrong digest, resends the file and ends with 65",
    arguments: sizes, [true, false])
  func verifyResendsOnWrongDigest(bytes: Int, isMended: Bool) async throws {
    let file = try directory.file("f", bytes: bytes)
    let result = try await ScriptedReceiver.xferctl(
      isMended ? "wrong" : "wrong-all", "send", file, "--verify")
    #expect(result.outcome.status == 65)
    let digest = try await sha256(file)
    #expect(
      result.outcome.err.contains("f: differs from the file at the receiver: sha256 \(digest) here")
    )
    #expect(Set(result.ids).count == 2)
    #expect(result.received["f"] == digest)
    let end = try #require(result.lines.last)
    #expect(end.contains(isMended ? "1 file received" : "0 files received"))
    #expect(end.contains(isMended ? "1 different" : "2 different, 1 not sent"))
  }

  @Test(
    "xferctl send compares a small file with its receipt without an option"
  )
  func smallFileIsAlwaysCompared() async throws {
    let file = try directory.file("f", bytes: 1000)
    let result = try await ScriptedReceiver.xferctl("wrong", "send", file, "--json")
    #expect(result.outcome.status == 65)
    let objects = result.outcome.objects.dropLast()
    #expect(objects.map { $0["status"] as? String } == ["differs", "received"])
    let digest = try await sha256(file)
    #expect(objects[0]["sha256_here"] as? String == digest)
    #expect(objects[0]["sha256"] as? String != digest)
  }

  @Test(
    "A receipt without a digest ends xferctl send --verify or --checksum with status 65",
    arguments: [["--verify"], ["--checksum"]], [1000, 300_000])
  func receiptWithoutDigestIsUnverified(option: [String], bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await withReceiver("--digest", "none") { receiver in
      if option == ["--checksum"] { #expect(try await receiver.send(file).status == 0) }
      let outcome = try await receiver.send(file, option[0])
      #expect(outcome.status == 65)
      #expect(outcome.objects.first?["verified"] as? Bool == false)
      let told = try await Programs.xferctl("send", file, option[0], "--server", receiver.server)
      #expect(told.status == 65)
      let reason = "the receiver does not compute a SHA-256"
      #expect(told.err.contains("f: received, not compared: \(reason)"))
    }
  }

  @Test(
    "xferctl send --verify never accepts a resumed file that was damaged at the receiver")
  func verifyRejectsDamagedResume() async throws {
    let file = try await directory.noise("f", bytes: 100_000_000)
    try await withReceiver { receiver in
      try await HeldTransfer.cut(file, to: receiver, after: 30_000_000)
      let partial = try #require(receiver.partials.first)
      _ = try await Programs.run(
        "/usr/bin/env",
        [
          "dd", "if=/dev/zero", "of=\(receiver.incoming)/\(partial)", "bs=1M", "seek=10", "count=1",
          "conv=notrunc",
        ])
      let outcome = try await receiver.send(file, "--verify")
      // A receiver that detects the damage delivers the file; otherwise the sender rejects the
      // receipt.
      #expect(outcome.status == 0 || outcome.status == 65, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")) == (outcome.status == 0))
    }
  }

  /// A file on tmpfs, which is removed when the object is released.
  private final class SharedFile: Sendable {
    let path = "/dev/shm/xfer-test-\(UUID().uuidString)"
    init(bytes: Int) throws {
      try Content.bytes(bytes, seed: 1).write(to: URL(fileURLWithPath: path))
    }
    func store() async throws {
      let outcome = try await Programs.python("store_by_mapping.py", [path])
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test(
    "xferctl send --checksum sends a file with changed content and old times as a new one",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/shm")),
    arguments: [1000, 300_000])
  func checksumFindsChangeWithoutTrace(bytes: Int) async throws {
    let file = try SharedFile(bytes: bytes)
    try await withReceiver { receiver in
      let name = receiver.published("f")
      func send(_ status: Int32, _ repeated: Bool?) async throws {
        let outcome = try await receiver.send(file.path, "--as", "f", "--checksum")
        #expect(outcome.status == status, "\(outcome.err)")
        #expect(outcome.objects.last?["repeated"] as? Bool == repeated)
      }
      try await send(0, false)
      try await send(0, true)
      try await file.store()
      try await send(77, nil)  // the name exists; the file never counts as delivered
      try FileManager.default.removeItem(atPath: name)
      try await send(0, false)
      #expect(sameContent(file.path, name))
      try await send(0, true)
      try FileManager.default.removeItem(atPath: name)
      try await send(0, false)
      #expect(sameContent(file.path, name))
    }
  }

  @Test(
    "A small file is sent again if its old receipt is for other content")
  func oldReceiptOfSmallFileIsCompared() async throws {
    let file = try directory.file("f", bytes: 1000)
    let result = try await ScriptedReceiver.xferctl("old", "send", file)
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.outcome.err.contains("looks unchanged, but differs from the delivered file"))
    let digest = try await sha256(file)
    #expect(result.received["f"] == digest)
  }

  @Test("xferctl send --checksum reports its progress through a long file")
  func checksumReportsProgress() async throws {
    let file = try await directory.noise("f", bytes: 70_000_000)
    try await withReceiver { receiver in
      #expect(try await receiver.send(file).status == 0)
      let outcome = try await Programs.xferctl(
        "send", file, "--checksum", "--server", receiver.server)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.lines.first == "comparing f, 64 of 67 MiB so far")
      #expect(outcome.lines.last?.contains("1 compared by SHA-256") == true)
    }
  }
}
