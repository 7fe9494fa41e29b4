import Foundation
import Testing

@Suite("A hostile peer is refused and harms no other client", .timeLimit(.minutes(20)))
struct HostileTests {
  static let malformed = [
    "far offset", "wrong offset", "too much", "unasked", "no content", "huge piece",
    "eager too large", "tag zero", "tag twice", "second hello", "unknown type",
    "short frame", "long frame",
  ]

  private func outcome(_ receiver: Receiver, _ name: String) async throws -> [String: Any] {
    let outcome = try await Programs.python("hostile_client.py", [receiver.server, name])
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  /// Expects that no session has crashed, and that a file can still be delivered.
  private func expectUnhurt(_ receiver: Receiver) async throws {
    let metrics = try await receiver.page("/metrics").body
    #expect(metrics.contains("\nxfer_sessions_crashed_total 0\n"))
    let directory = try TemporaryDirectory()
    let sent = try await receiver.send(try directory.file("good", bytes: 1000))
    #expect(sent.status == 0)
  }

  @Test(
    "A violation of the protocol is refused as malformed",
    arguments: malformed)
  func protocolViolationIsMalformed(name: String) async throws {
    try await withReceiver { receiver in
      #expect(try await outcome(receiver, name)["refused"] as? Int == 10)
      #expect(await receiver.log.line(with: "reason=malformed") != nil)
      try await expectUnhurt(receiver)
    }
  }

  @Test(
    "A damaged frame is refused as corrupt",
    arguments: ["damaged frame", "huge frame"])
  func damagedFrameIsCorrupt(name: String) async throws {
    try await withReceiver { receiver in
      #expect(try await outcome(receiver, name)["refused"] as? Int == 9)
      #expect(await receiver.log.line(with: "reason=corrupt") != nil)
      try await expectUnhurt(receiver)
    }
  }

  @Test("An offer of a size that no disk can hold is refused")
  func hugeSizeIsRefused() async throws {
    try await withReceiver { receiver in
      #expect(try await outcome(receiver, "far size")["transfer refused"] as? Int == 3)
      let largest = try await outcome(receiver, "largest size")
      #expect(largest["transfer refused"] as? Int == 4 || largest["refused"] as? Int == 10)
      #expect(try await outcome(receiver, "largest size alone")["transfer refused"] as? Int == 4)
      try await expectUnhurt(receiver)
    }
  }

  @Test("More offers than the window allows end the connection")
  func offersBeyondWindowEndConnection() async throws {
    try await withReceiver { receiver in
      let end = try await outcome(receiver, "too many offers")
      #expect(end["refused"] as? Int == 10, "\(end)")
      #expect(await receiver.log.line(with: "reason=malformed") != nil)
      try await expectUnhurt(receiver)
    }
  }

  @Test("A peer cannot forge a line of the log")
  func peerCannotForgeLogLine() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file("f", bytes: 1)
    try await withReceiver { receiver in
      _ = try await receiver.native(
        "send", file, "a\n2026-01-01T00:00:00Z notice supervisor[1] ended")
      #expect(await receiver.log.line(with: "reason=bad_name") != nil)
      #expect(await receiver.log.count(of: "2026-01-01") <= 1)
      #expect(
        await receiver.log.line(with: "supervisor[1] ended")?.hasPrefix("2026-01-01") == false)
    }
  }

  @Test(
    "A peer cannot forge a field of the log or send escape sequences to a terminal")
  func peerCannotForgeLogFieldOrEscape() async throws {
    try await withReceiver { receiver in
      #expect(try await outcome(receiver, "forged words")["message"] != nil)
      let line = try #require(await receiver.log.line(with: "reason=withdrawn"))
      #expect(line.contains("\"not received: x client=10.0.0.1 name=?[31mbackup.tar?\" client="))
      try await eventually { try await !receiver.history().isEmpty }
      for format in ["csv", "json", "table"] {
        let shown = try await Programs.xferctl(
          "history", "--server", receiver.server, "--format", format)
        #expect(!shown.out.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{9b}" })
      }
      let detail = try await receiver.sqlite("SELECT detail FROM history")
      #expect(detail == "x client=10.0.0.1 name=?[31mbackup.tar?")
    }
  }

  @Test(
    "A header that arrives byte by byte is refused after --header-timeout")
  func slowHeaderTimesOut() async throws {
    try await withReceiver("--header-timeout", "1") { receiver in
      let end = try await Programs.python("trickling_header.py", [receiver.server])
      #expect(end.out == "no\n", "\(end.err)")
      #expect(await receiver.log.line(with: "reason=timeout") != nil)
    }
  }
}
