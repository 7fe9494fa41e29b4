import Foundation
import Testing

@Suite("A receiver shuts down in order and keeps its state", .timeLimit(.minutes(20)))
struct ShutdownTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "An idle receiver ends at once with status 0",
    arguments: [SIGTERM, SIGINT])
  func idleReceiverEndsAtOnce(signal: Int32) async throws {
    let end = try await withReceiver { $0.signal(signal) }
    #expect(end.status == 0)
    #expect(await end.log.line(with: "ended") != nil)
  }

  @Test("A drain finishes the transfers in flight and accepts no new ones")
  func drainFinishesTransfers() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    let end = try await withReceiver { receiver in
      try await HeldTransfer.run(receiver.server, file, "f") { _ in
        receiver.signal(SIGTERM)
        #expect(await receiver.log.line(with: "shutting down: received SIGTERM") != nil)
        let late = try await Programs.xferctl(
          "send", file, "--server", receiver.server, "--retry-for", "0s")
        #expect(late.status == 69)
      }
      #expect(sameContent(file, receiver.published("f")))
    }
    #expect(end.status == 0)
  }

  @Test(
    "A transfer that does not finish within --drain resumes after a restart")
  func unfinishedTransferResumesAfterRestart() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    let data = directory.path + "/data"
    let end = try await withReceiver("--drain", "0", data: data) { receiver in
      try await HeldTransfer.run(receiver.server, file, "f", expectingReceipt: false) { _ in
        receiver.signal(SIGTERM)
        #expect(await receiver.log.line(with: " ended") != nil)
      }
      #expect(receiver.partials.count == 1)
    }
    #expect(end.status == 0)
    try await withReceiver(data: data) { receiver in
      let id = HeldTransfer.id
      #expect(try await receiver.history().first?["reason"] as? String == "shutting_down")
      let answer = try await receiver.native("send", file, "f", "--id", id)
      #expect(answer["status"] as? String == "received")
      #expect((answer["resumed_at"] as? Int ?? 0) > 0)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("The history survives the kill of a receiver")
  func historySurvivesKill() async throws {
    let file = try directory.file("f", bytes: 1000)
    let data = directory.path + "/data"
    let end = try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
      receiver.signal(SIGKILL)
    }
    #expect(end.status == 128 + SIGKILL)
    try await withReceiver(data: data) { receiver in
      let (rows, again) = (try await receiver.history(), try await receiver.send(file))
      #expect(rows.count == 1)
      #expect(again.objects[0]["repeated"] as? Bool == true)
    }
  }
}
