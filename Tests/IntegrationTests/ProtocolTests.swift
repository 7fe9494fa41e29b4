import Foundation
import Testing

@Suite("A client that is written from docs/protocol.md delivers files", .timeLimit(.minutes(20)))
struct ProtocolTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A client written from docs/protocol.md delivers a file and gets a receipt")
  func documentedClientGetsReceipt() async throws {
    let file = try directory.file("f", bytes: 300_000)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, "a/b.bin")
      #expect(answer["status"] as? String == "received")
      #expect(answer["durability"] as? Int == 1)
      #expect(sameContent(file, receiver.published("a/b.bin")))
    }
  }

  @Test(
    "A client written from docs/protocol.md resumes a cut file at the offset of the receiver")
  func documentedClientResumes() async throws {
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
    "An invalid name is refused and recorded with its reason",
    arguments: ["../../etc/passwd", "", "a\nb", "/etc/passwd"])
  func invalidNameIsRefused(name: String) async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, name)
      #expect(answer["status"] as? String == "refused")
      #expect(answer["reason"] as? Int == 6)
      #expect(try await receiver.history().first?["reason"] as? String == "bad_name")
    }
  }

  @Test("Content with a wrong checksum is never published")
  func wrongChecksumIsNotPublished() async throws {
    let file = try directory.file("f", bytes: 100_000)
    try await withReceiver { receiver in
      let answer = try await receiver.native("send", file, "f", "--wrong-crc")
      #expect(answer["reason"] as? Int == 9)
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
      #expect(try await receiver.history().first?["reason"] as? String == "corrupt")
    }
  }

  @Test("A file above --max-file-size is refused before its content")
  func fileAboveMaxFileSizeIsRefused() async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    try await withReceiver("--max-file-size", "1M") { receiver in
      #expect(try await receiver.native("send", file, "f")["reason"] as? Int == 3)
      let classic = try await receiver.classic("send", file)
      #expect(classic.objects.first?["status"] as? String == "refused")
      #expect(receiver.arriving.isEmpty)
    }
  }
}
