import Foundation
import Testing

@Suite(
  "Partial files are bounded, verified and released",
  .timeLimit(.minutes(20)))
struct PartialTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Offers without content leave no file",
    arguments: [("withdrawn", 200), ("left", 60)])
  func offersWithoutContentLeaveNoFile(_ way: String, _ count: Int) async throws {
    try await withReceiver { receiver in
      let outcome = try await Programs.python(
        "offering_client.py", [receiver.server, way, "\(count)"])
      #expect(outcome.objects.first?["accepted"] as? Int == count, "\(outcome.err)")
      try await eventually { try await receiver.history("--status", "failed").count == count }
      #expect(receiver.arriving.isEmpty)
    }
  }

  /// Sends a part of a file under its own name, and then disconnects or sends damaged content.
  private func cut(
    _ index: Int, _ receiver: Receiver, by way: String = "--stop-after"
  ) async throws {
    let file = try directory.file("\(index)", bytes: 700_000, seed: UInt64(index))
    let answer = try await receiver.native("send", file, "\(index)", way, "300000")
    #expect(answer["status"] as? String == (way == "--stop-after" ? "stopped" : "refused"))
    try await eventually { try await receiver.history("--name", "\(index)").count == 1 }
  }

  @Test(
    "The partial files of a client are bounded in number and bytes, also after a restart",
    arguments: [["--max-partials", "3"], ["--max-partial-bytes", "1M"]],
    ["--stop-after", "--wrong-after"])
  func partialFilesOfClientAreBounded(_ limit: [String], way: String) async throws {
    let data = directory.path + "/data"
    try await withReceiver(limit[0], limit[1], data: data) { receiver in
      for index in 0..<5 { try await cut(index, receiver, by: way) }
      #expect(receiver.partials.count == 3)
      #expect(await receiver.log.count(of: "keeps no more partial files") == 2)
    }
    try await withReceiver(limit[0], limit[1], "--log-level", "debug", data: data) { receiver in
      // The walk after the start counts them again.
      #expect(await receiver.log.line(with: "partial files are kept") != nil)
      try await cut(5, receiver)
      #expect(receiver.partials.count == 3)
    }
  }

  @Test(
    "A transfer that starts over repeatedly counts as one partial file", arguments: [1, 0])
  func restartedTransferCountsOnce(sums: Int) async throws {
    // The smaller file is too short to be kept; the larger one is not trusted without its sums.
    let file = try directory.file("f", bytes: sums == 1 ? 700_000 : 200_000)
    let other = try directory.file("other", bytes: 700_000)
    try await withReceiver("--max-partials", "2") { receiver in
      for count in 1...4 {
        _ = try await receiver.native(
          "send", file, "f", "--id", HeldTransfer.id, "--stop-after", "150000")
        try await eventually {
          try await receiver.history("--name", "f").first?["attempts"] as? Int == count
        }
        #expect(receiver.partials.count == sums)
        for name in receiver.arriving where name.hasSuffix(".sums") {
          try FileManager.default.removeItem(atPath: receiver.incoming + "/" + name)
        }
      }
      _ = try await receiver.native("send", other, "other", "--stop-after", "300000")
      try await eventually { try await receiver.history("--name", "other").count == 1 }
      #expect(receiver.partials.count == sums + 1)
      #expect(await receiver.log.count(of: "keeps no more partial files") == 0)
    }
  }

  @Test(
    "The walk over partial files ends even if sessions are killed continuously")
  func walkEndsWhileSessionsAreKilled() async throws {
    let data = directory.path + "/data"
    try FileManager.default.createDirectory(
      atPath: data + "/incoming", withIntermediateDirectories: true)
    for index in 0..<5000 {
      let name = String(repeating: "0", count: 27) + String(index + 10_000)
      _ = FileManager.default.createFile(
        atPath: "\(data)/incoming/\(name)", contents: Data([1]))
    }
    try await withReceiver("--log-level", "debug", data: data) { receiver in
      let recorder = try #require(ProcessTable(supervisor: receiver.pid).child("recorder"))
      // The supervisor reports a killed session by this signal.
      try await eventually {
        kill(recorder, SIGUSR1)
        return await receiver.log.count(of: "partial files are kept") >= 2
      }
    }
  }

  @Test(
    "A partial file that was damaged between two sessions is detected and sent again",
    arguments: ["sha256", "none"])
  func damagedPartialFileIsSentAgain(digest: String) async throws {
    let file = try await directory.noise("f", bytes: 100_000_000)
    try await withReceiver("--digest", digest) { receiver in
      try await HeldTransfer.cut(file, to: receiver, after: 30_000_000)
      let partial = receiver.incoming + "/" + (try #require(receiver.partials.first))
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: partial))
      try handle.seek(toOffset: 10 << 20)
      try handle.write(contentsOf: Data(count: 1 << 20))
      try handle.close()
      let again = try await receiver.send(file)
      #expect(again.status == 0, "\(again.err)")
      #expect(sameContent(file, receiver.published("f")))
      let rows = try await receiver.history()
      #expect(rows.first?["resumed_at"] as? Int == 10 << 20)
      #expect(rows.contains { $0["reason"] as? String == "corrupt" })
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A killed session loses only the content without sums")
  func killedSessionLosesOnlyContentWithoutSums() async throws {
    let file = try await directory.noise("f", bytes: 300_000_000)
    try await withReceiver { receiver in
      let sending = Task { try await receiver.send(file) }
      try await eventually { receiver.arrivedBytes > 50_000_000 }
      let session = ProcessTable(supervisor: receiver.pid).child("session")
      kill(try #require(session), SIGKILL)
      let outcome = try await sending.value
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(
        try await receiver.sqlite("SELECT resumed_at > 40000000 FROM transfer WHERE status = 1")
          == "1")
    }
  }

  @Test(
    "The reservation of a killed session is released before its transfer resumes")
  func reservationOfKilledSessionIsReleased() async throws {
    let file = try await directory.noise("f", bytes: 300_000_000)
    try await withReceiver { receiver in
      try await HeldTransfer.run(receiver.server, file, "f", expectingReceipt: false) { _ in
        try await eventually { receiver.partials.count == 1 }
        let session = ProcessTable(supervisor: receiver.pid).child("session")
        kill(try #require(session), SIGKILL)
        #expect(await receiver.log.line(with: "released the reservations of dead sessions") != nil)
      }
    }
  }
}
