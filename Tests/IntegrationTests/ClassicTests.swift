import Foundation
import Testing

@Suite("The classic protocol delivers files", .timeLimit(.minutes(20)))
struct ClassicTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A classic client delivers a file in any segmentation",
    arguments: [
      [], ["--header-pieces", "1"], ["--header-pieces", "100"], ["--one-segment"], ["--one-byte"],
    ])
  func fileArrivesInAnyPieces(options: [String]) async throws {
    let file = try directory.file("f.bin", bytes: 20_001)
    try await withReceiver { receiver in
      let arguments = [receiver.server, "send", file] + options
      let outcome = try await Programs.python("classic_client.py", arguments)
      #expect(outcome.status == 0, "\(outcome.out) \(outcome.err)")
      #expect(sameContent(file, receiver.published("f.bin")))
      let row = try #require(try await receiver.history().first)
      #expect(row["protocol"] as? String == "classic")
      #expect(row["status"] as? String == "completed")
      #expect(row["size"] as? Int == 20_001)
    }
  }

  @Test("A classic client delivers an empty file")
  func emptyFileArrives() async throws {
    let file = try directory.file("empty", bytes: 0)
    try await withReceiver { receiver in
      let outcome = try await receiver.classic("send", file)
      #expect(outcome.status == 0)
      #expect(sameContent(file, receiver.published("empty")))
    }
  }

  struct BadHeader: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let name: [UInt8]
    var size: Int32 = 1
    var reason = "bad_name"

    var hex: String {
      var header = name + [UInt8](repeating: 0, count: 256 - name.count)
      withUnsafeBytes(of: size.littleEndian) { header.append(contentsOf: $0) }
      return header.map { String(format: "%02x", $0) }.joined()
    }
  }

  static let badHeaders = [
    BadHeader(
      testDescription: "below zero", name: Array("f".utf8), size: -1, reason: "bad_size"),
    BadHeader(testDescription: "with a slash", name: Array("a/b".utf8)),
    BadHeader(testDescription: "the directory above", name: Array("..".utf8)),
    BadHeader(testDescription: "nothing in it", name: []),
    BadHeader(testDescription: "no NUL", name: Array(repeating: 0x61, count: 256)),
  ]

  @Test(
    "A bad classic header is refused, logged and recorded with its reason",
    arguments: badHeaders)
  func badHeaderIsRefused(header: BadHeader) async throws {
    let file = try directory.file("f", bytes: 1)
    try await withReceiver { receiver in
      let outcome = try await receiver.classic("send", file, "--raw-header", header.hex)
      #expect(outcome.objects.first?["status"] as? String == "refused")
      let row = try #require(try await receiver.history().first)
      #expect(row["status"] as? String == "failed")
      #expect(row["reason"] as? String == header.reason)
      #expect(await receiver.log.line(with: "reason=\(header.reason)") != nil)
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test("A cut classic connection leaves a failed row and no file")
  func cutConnectionLeavesOnlyRow() async throws {
    let file = try directory.file("f", bytes: 5_000_000)
    try await withReceiver { receiver in
      _ = try await receiver.classic("send", file, "--stop-after", "2000000")
      try await eventually { try await !receiver.history().isEmpty }
      #expect(try await receiver.history().first?["reason"] as? String == "cut")
      #expect(receiver.arriving.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
    }
  }
}
