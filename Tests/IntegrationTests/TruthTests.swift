import Foundation
import Testing

@Suite("Receipts, rows and statuses show only facts", .timeLimit(.minutes(20)))
struct TruthTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("A receipt is not repeated after another file has got the name")
  func receiptEndsWhenNameHasOtherFile() async throws {
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

  @Test("A repeated receipt shows the durability of its delivery")
  func repeatedReceiptKeepsDurability() async throws {
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

  @Test(
    "A file with a name that is not UTF-8 is refused with status 77, unless the receiver takes any name"
  )
  func nonUTF8NameIsRefusedUnlessAllowed() async throws {
    try directory.file("tree/good", bytes: 10)
    let script = "import sys; open(sys.argv[1].encode() + b'/tree/bad\\xff', 'w').close()"
    _ = try await Programs.run("/usr/bin/env", ["python3", "-c", script, directory.path])
    try await withReceiver { receiver in
      let outcome = try await receiver.send(directory.path + "/tree")
      #expect(outcome.status == 77)
      let refused = outcome.objects.first { $0["status"] as? String == "refused" }
      #expect((refused?["detail"] as? String)?.hasSuffix("it is not UTF-8") == true)
      #expect(FileManager.default.fileExists(atPath: receiver.published("tree/good")))
    }
    try await withReceiver("--names", "any") { receiver in
      let outcome = try await receiver.send(directory.path + "/tree")
      #expect(outcome.status == 0, "\(outcome.err)")
      let diff = try await Programs.run(
        "/usr/bin/env", ["diff", "-r", directory.path + "/tree", receiver.published("tree")])
      #expect(diff.status == 0, "\(diff.out)")
    }
  }

  @Test(
    "An offer of another name under the same id cannot change a partial file")
  func foreignOfferCannotChangePartialFile() async throws {
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
    "A recorded row without its file becomes a failure after a restart")
  func recordedRowWithoutFileFails() async throws {
    let file = try directory.file("f", bytes: 1000)
    let data = directory.path + "/data"
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
    }
    // This simulates a recorder that died between the commit and the rename, and the loss of the
    // file.
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

  @Test("Ctrl-C in a terminal ends all processes in order")
  func ctrlCEndsReceiverInOrder() async throws {
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
