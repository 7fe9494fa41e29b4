import Foundation
import Testing

@Suite("A sender handles any argument and any answer of a receiver", .timeLimit(.minutes(20)))
struct SenderInputTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "xferctl refuses an invalid or infinite duration",
    arguments: ["--retry-for", "--timeout"],
    ["inf", "-inf", "nan", "1e300", "1e300d", "-1", "-5s", "36501d", "s", "5x", "infd"])
  func invalidDurationIsRefused(option: String, text: String) async throws {
    let outcome = try await Programs.xferctl(
      "send", "f", "\(option)=\(text)", "--server", "127.0.0.1:1")
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("invalid duration") || outcome.err.contains("out of range"))
  }

  @Test("xferctl accepts the longest duration")
  func longestDurationIsAccepted() async throws {
    let file = try directory.file("f", bytes: 1)
    let arguments = [
      "send", file, "--retry-for", "36500d", "--timeout", "36500d", "--server", "127.0.0.1:1",
    ]
    try await HeldTransfer.running(
      Programs.directory + "/xferctl", arguments, untilItSays: "for up to 36500d 00h"
    ) {}
  }

  /// Returns true if the text has a control character of C0 except the line feed, DEL or C1.
  private func holdsControl(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      ($0.value < 0x20 && $0 != "\n") || (0x7f..<0xa0).contains($0.value)
    }
  }

  @Test(
    "xferctl prints a refusal of the receiver without control characters",
    arguments: [["send"], ["send", "--json"], ["send", "--quiet"]])
  func refusalHasNoEscapeSequence(command: [String]) async throws {
    let file = try directory.file("f", bytes: 10)
    let arguments = command + [file]
    let result =
      arguments.count == 2
      ? try await ScriptedReceiver.xferctl("escape", arguments[0], arguments[1])
      : try await ScriptedReceiver.xferctl("escape", arguments[0], arguments[1], arguments[2])
    #expect(result.outcome.status == 77)
    #expect(!holdsControl(result.outcome.out) && !holdsControl(result.outcome.err))
    let told = "a?[31mb?c?31md?e"
    let isJSON = command.contains("--json")
    #expect((isJSON ? result.outcome.out : result.outcome.err).contains(told))
  }

  @Test("xferctl prints a page of the receiver without control characters")
  func pageHasNoEscapeSequence() async throws {
    let result = try await ScriptedReceiver.xferctl("stats", "stats")
    #expect(result.outcome.status == 0)
    #expect(result.lines == ["a?[31mb?c?31md?e"])
  }

  @Test("xferctl prints a local file name without control characters")
  func localNameHasNoEscapeSequence() async throws {
    try directory.file("tree/a\u{1B}[31m\nxferctl: b\u{9B}c", bytes: 1)
    let result = try await ScriptedReceiver.xferctl("receive", "send", directory.path + "/tree")
    #expect(result.outcome.status == 74)
    #expect(!holdsControl(result.outcome.err))
    #expect(result.outcome.err.split(separator: "\n").count == 1)
  }

  @Test(
    "A sender waits for a receiver that reports progress, through a lost connection")
  func senderWaitsForWorkingReceiver() async throws {
    let file = try directory.file("f", bytes: 1000)
    let result = try await ScriptedReceiver.xferctl("working", "send", file, "--retry-for", "6s")
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.lines.filter { $0.hasPrefix("verifying f, 1.0 of 20 GiB") }.count == 1)
  }

  @Test(
    "A terminal shows the progress of the verification at the receiver")
  func terminalShowsVerification() async throws {
    let file = try directory.file("f", bytes: 1000)
    let program = "\(Programs.directory)/xferctl send \(file) --server {}"
    // `script` gives the sender a terminal, and a shell inserts the address into its command.
    let outcome = try await Programs.python(
      "scripted_receiver.py",
      [
        "working", "--", "sh", "-c",
        "script -qec \"$(echo '\(program)' | sed s/{}/$0/)\" /dev/null",
        "{}",
      ])
    #expect(outcome.status == 0, "\(outcome.out)")
    #expect(outcome.out.contains("  verifying 10 of 20 GiB"), "\(outcome.out)")
  }

  @Test(
    "A missing file takes precedence over a refusal in the exit status")
  func missingFileOutranksRefusal() async throws {
    let file = try directory.file("f", bytes: 10)
    let result = try await ScriptedReceiver.xferctl("escape", "send", file, "/no/such/file")
    #expect(result.outcome.status == 74)
  }
}
