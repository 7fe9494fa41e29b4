import Foundation
import Testing

@Suite("Another client can be written from docs/protocol.md", .timeLimit(.minutes(10)))
struct ProtocolTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("It pushes a file and gets the receipt", .timeLimit(.minutes(5)))
  func itPushesFileAndGetsReceipt() async throws {
    let file = try directory.file("f", bytes: 300_000)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, "a/b.bin")
      #expect(answer["status"] as? String == "received")
      #expect(answer["durability"] as? Int == 1)
      #expect(sameContent(file, receiver.published("a/b.bin")))
    }
  }

  @Test(
    "It resumes a file that was cut, at the offset that the receiver names",
    .timeLimit(.minutes(5)))
  func itResumesFileThatWasCut() async throws {
    let file = try directory.file("f", bytes: 700_000)
    try await withReceiver { receiver in
      let cut = try await receiver.native("send", file, "r", "--stop-after", "300000")
      let id = try #require(cut["id"] as? String)
      try await eventually { try await !receiver.history().isEmpty }
      #expect(try await receiver.history().first?["reason"] as? String == "cut")
      let answer = try await receiver.native("send", file, "r", "--id", id)
      #expect(answer["status"] as? String == "received")
      #expect(answer["resumed_at"] as? Int == 327_680)
      #expect(sameContent(file, receiver.published("r")))
      let again = try await receiver.native("send", file, "r", "--id", id)
      #expect(again["repeated"] as? Bool == true)
      #expect(try await receiver.history("--status", "completed").count == 1)
    }
  }

  @Test(
    "It is refused a name that is not allowed, with a reason and a row",
    .timeLimit(.minutes(5)), arguments: ["../../etc/passwd", "", "a\nb", "/etc/passwd"])
  func itIsRefusedNameThatIsNotAllowed(name: String) async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, name)
      #expect(answer["status"] as? String == "refused")
      #expect(answer["reason"] as? Int == 6)
      #expect(try await receiver.history().first?["reason"] as? String == "bad_name")
    }
  }

  @Test("Content with a wrong checksum is never published", .timeLimit(.minutes(5)))
  func contentWithWrongChecksumIsNeverPublished() async throws {
    let file = try directory.file("f", bytes: 100_000)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, "f", "--wrong-crc")
      #expect(answer["reason"] as? Int == 9)
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
      #expect(try await receiver.history().first?["reason"] as? String == "corrupt")
    }
  }

  @Test("A file larger than is allowed is refused before its content", .timeLimit(.minutes(5)))
  func fileLargerThanIsAllowedIsRefusedBeforeIts() async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    try await withReceiver("--max-file-size", "1M") { receiver in
      #expect(try await receiver.native("send", file, "f")["reason"] as? Int == 3)
      let classic = try await receiver.classic("send", file)
      #expect(classic.objects.first?["status"] as? String == "refused")
      #expect(receiver.arriving.isEmpty)
    }
  }
}
