import Foundation
import Testing

@Suite(
  "A broken transfer is resumed, taken over or removed",
  .timeLimit(.minutes(20)))
struct ResumeTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A new connection takes a transfer over from a silent one")
  func newConnectionTakesOverSilentTransfer() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver { receiver in
      try await HeldTransfer.run(receiver.server, file, "f", expectingReceipt: false) { _ in
        try await eventually { receiver.partials.count == 1 }
        let id = HeldTransfer.id
        // The transfer is busy at first, as the older connection may be alive, and free after a
        // time of silence.
        var answer = try await receiver.native("send", file, "f", "--id", id)
        #expect(answer["reason"] as? Int == 1)
        try await eventually {
          answer = try await receiver.native("send", file, "f", "--id", id)
          return answer["reason"] as? Int != 1
        }
        #expect(answer["status"] as? String == "received")
        #expect((answer["resumed_at"] as? Int ?? 0) > 0)
        #expect(await receiver.log.line(with: "takes over from session") != nil)
      }
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history("--status", "completed").count == 1)
    }
  }

  @Test("A killed sender that is started again resumes its transfer")
  func restartedSenderResumes() async throws {
    let file = try await directory.noise("f", bytes: 100_000_000)
    try await withReceiver { receiver in
      try await HeldTransfer.cut(file, to: receiver, after: 30_000_000)
      #expect(try await receiver.history().first?["reason"] as? String == "cut")
      let again = try await Programs.xferctl("send", file, "--server", receiver.server)
      #expect(again.status == 0)
      #expect(again.lines.first?.hasPrefix("resumed   f at ") == true, "\(again.out)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("A file that changed after it was cut is sent from the beginning")
  func changedFileStartsOver() async throws {
    let file = try await directory.noise("f", bytes: 100_000_000)
    try await withReceiver { receiver in
      try await HeldTransfer.cut(file, to: receiver, after: 30_000_000)
      _ = try await directory.noise("f", bytes: 100_000_000)
      let again = try await Programs.xferctl("send", file, "--server", receiver.server)
      #expect(again.status == 0)
      #expect(!again.out.contains("resumed"))
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A partial file that is not resumed is removed after --keep-partial")
  func expiredPartialFileIsRemoved() async throws {
    let file = try directory.file("f", bytes: 700_000)
    let data = directory.path + "/data"
    try await withReceiver(data: data) { receiver in
      _ = try await receiver.native("send", file, "r", "--stop-after", "300000")
      try await eventually { try await !receiver.history().isEmpty }
      #expect(receiver.partials.count == 1)
    }
    try await withReceiver("--keep-partial", "0s", data: data) { receiver in
      #expect(
        await receiver.log.line(
          with: "removed partial files that were not resumed bytes=327680 files=1") != nil)
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A partial file is discarded after a loss of power and sent again")
  func partialFileIsDiscardedAfterPowerLoss() async throws {
    let file = try directory.file("f", bytes: 700_000)
    let data = directory.path + "/data"
    let mark = data + "/boot-id"
    try await withReceiver(data: data) { receiver in
      _ = try await receiver.native("send", file, "f", "--stop-after", "300000")
      try await eventually { try await !receiver.history().isEmpty }
      #expect(FileManager.default.fileExists(atPath: mark))
    }
    #expect(!FileManager.default.fileExists(atPath: mark), "it ended in order")
    try Data("another start of the machine".utf8).write(to: URL(fileURLWithPath: mark))
    try await withReceiver(data: data) { receiver in
      #expect(await receiver.log.line(with: "the machine went down") != nil)
      #expect(receiver.arriving.isEmpty)
      let answer = try await receiver.native("send", file, "f")
      #expect(answer["resumed_at"] as? Int == 0)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A recorder that is killed while it writes the boot mark loses no partial file")
  func recorderKilledWhileMarkingKeepsPartials() async throws {
    let file = try directory.file("f", bytes: 700_000)
    let failpoints = try TemporaryDirectory()
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      let send = ["send", file, "f", "--id", HeldTransfer.id]
      _ = try await receiver.native(send + ["--stop-after", "300000"])
      try await eventually { try await !receiver.history().isEmpty }
      try FileManager.default.removeItem(atPath: receiver.data + "/boot-id")
      let place = ArmedPlace("recorder.marking", in: failpoints)
      kill(try #require(table.child("recorder")), SIGKILL)
      try await place.reached()
      kill(try #require(table.child("recorder")), SIGKILL)
      let answer = try await receiver.native(send)
      #expect(answer["resumed_at"] as? Int == 327_680)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("A peer below --min-rate is disconnected")
  func peerBelowMinRateIsDisconnected() async throws {
    try await withReceiver("--stall-timeout", "5", "--min-rate", "1000") { receiver in
      let end = try await Programs.python("crawling_client.py", [receiver.server])
      #expect(end.status == 0 && end.out == "given up\n", "\(end.err)")
      #expect(await receiver.log.line(with: "slower than 1000 bytes a second") != nil)
      #expect(receiver.arriving.isEmpty)
    }
  }
}
