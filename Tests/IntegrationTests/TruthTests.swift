import Foundation
import Testing

@Suite("What is not so is never shown as if it were", .timeLimit(.minutes(10)))
struct TruthTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("A receipt is not repeated when another file has the name since", .timeLimit(.minutes(5)))
  func receiptIsNotRepeatedWhenAnotherFileHasName() async throws {
    let (one, two) = (
      try directory.file("1", bytes: 1000, seed: 1), try directory.file("2", bytes: 1000, seed: 2)
    )
    try await withReceiver { receiver in
      for file in [one, two] {
        let outcome = try await receiver.send(file, "--as", "x")
        #expect(outcome.status == 0)
        if file == one { try FileManager.default.removeItem(atPath: receiver.published("x")) }
      }
      let again = try await receiver.send(one, "--as", "x")
      #expect(again.status == 77)
      #expect(sameContent(two, receiver.published("x")))
    }
  }

  @Test("A repeated receipt says how durable the delivery was then", .timeLimit(.minutes(5)))
  func repeatedReceiptSaysHowDurableDeliveryWasThen() async throws {
    let file = try directory.file("f", bytes: 1000)
    let data = directory.path + "/data"
    for (setting, repeated) in [("lazy", false), ("receipt", true)] {
      try await withReceiver("--durability", setting, data: data) { receiver in
        let outcome = try await receiver.send(file)
        #expect(outcome.objects.first?["durability"] as? String == "lazy")
        #expect(outcome.objects.first?["repeated"] as? Bool == repeated)
      }
    }
  }

  @Test("A file whose name is not UTF-8 is told, and the status is not 0", .timeLimit(.minutes(5)))
  func fileWhoseNameIsNotUTF8IsTold() async throws {
    try directory.file("tree/good", bytes: 10)
    let script = "import sys; open(sys.argv[1].encode() + b'/tree/bad\\xff', 'w').close()"
    _ = try await Programs.run("/usr/bin/env", ["python3", "-c", script, directory.path])
    try await withReceiver { receiver in
      let outcome = try await receiver.send(directory.path + "/tree")
      #expect(outcome.status == 74)
      #expect(outcome.err.contains("its name is not UTF-8"))
      #expect(FileManager.default.fileExists(atPath: receiver.published("tree/good")))
    }
  }

  @Test(
    "Who knows the id of a broken transfer cannot add to it from another address",
    .timeLimit(.minutes(5)))
  func whoKnowsIdOfBrokenTransferCannotAddTo() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    let other = try directory.file("other", bytes: 1_000_000, seed: 9)
    try await withReceiver { receiver in
      let cut = try await receiver.native(
        "send", file, "f", "--id", HeldTransfer.id, "--stop-after", "400000")
      #expect(cut["status"] as? String == "stopped")
      try await eventually { try await !receiver.history().isEmpty }
      let stranger = try await receiver.native(
        "send", other, "g", "--id", HeldTransfer.id, "--stop-after", "800000")
      #expect(stranger["status"] as? String == "stopped")
      let answer = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(answer["resumed_at"] as? Int ?? 0 > 0)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A row whose file is not what it says is a failure after a restart", .timeLimit(.minutes(5)))
  func rowWhoseFileIsNotWhatItSaysIs() async throws {
    let file = try directory.file("f", bytes: 1000)
    let data = directory.path + "/data"
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
    }
    // As if the recorder had died between the commit and the rename, and the file were lost.
    try FileManager.default.removeItem(atPath: data + "/files/f")
    let sql = "UPDATE transfer SET status = 0, finished_at = NULL"
    _ = try await Programs.run("/usr/bin/env", ["sqlite3", data + "/history.sqlite", sql])
    try await withReceiver(data: data) { receiver in
      let rows = try await receiver.history()
      #expect(rows.map { $0["status"] as? String } == ["failed"])
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0 && outcome.objects.first?["repeated"] as? Bool == false)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("Ctrl-C in a terminal ends all of it in order", .timeLimit(.minutes(5)))
  func ctrlCInTerminalEndsAllOfItIn() async throws {
    let file = try directory.file("f", bytes: 1000)
    let end = try await withReceiver { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
      // A terminal signals every process of the group.
      for child in ProcessTable(supervisor: receiver.pid).children { kill(child.pid, SIGINT) }
      receiver.signal(SIGINT)
    }
    #expect(end.status == 0)
    #expect(await end.log.count(of: "was killed") == 0)
  }
}
