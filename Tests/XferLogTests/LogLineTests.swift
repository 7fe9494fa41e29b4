import Logging
import Testing

@testable import XferLog

@Suite("A log line of text is one line with a fixed order of its parts")
struct LogLineTests {
  @Test("A line has its time, level, process, pid and message in this order")
  func lineHasFixedOrder() throws {
    let line = rendered("serving")
    let (time, rest) = try #require(parts(of: line))
    let form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
    #expect(time.wholeMatch(of: form) != nil)
    #expect(rest == "notice session[7] serving")
  }

  @Test("A line shows the client, the name and the figures first, and the SHA-256 last")
  func detailsHaveFixedOrder() {
    let details: Logger.Metadata = [
      "sha256": "8", "zone": "7", "error": "6", "rate": "5", "took": "4", "bytes": "3",
      "name": "2", "client": "1",
    ]
    let expected = "client=1 name=2 bytes=3 took=4 rate=5 error=6 zone=7 sha256=8"
    #expect(text("delivered", details) == "notice session[7] delivered " + expected)
  }

  @Test(
    "A value is quoted if it is empty or contains a space, an equals sign or a quote",
    arguments: [
      ("plain", "plain"), ("", "\"\""), ("a b", "\"a b\""), ("a=b", "\"a=b\""),
      ("a\"b", "\"a\\\"b\""), ("a\\b", "a\\b"), ("a \\b", "\"a \\\\b\""), ("é", "é"),
    ])
  func ambiguousValueIsQuoted(_ value: String, _ shown: String) {
    #expect(text("m", ["name": "\(value)"]) == "notice session[7] m name=" + shown)
  }

  @Test("A message with an equals sign is quoted, so that it cannot look like a field")
  func messageWithEqualsSignIsQuoted() {
    #expect(text("client=::1") == "notice session[7] \"client=::1\"")
    #expect(text("a \"b\"") == "notice session[7] a \"b\"")
  }

  @Test(
    "A control character is escaped in a message and in a value",
    arguments: [
      ("a\nb", "a\\u{a}b"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{1b}[31m", "\\u{1b}[31m"),
      ("a\tb", "a\\u{9}b"), ("\u{0}", "\\u{0}"), ("\u{7f}", "\\u{7f}"), ("\u{9b}", "\\u{9b}"),
      ("\u{a0}", "\u{a0}"),
    ])
  func controlCharacterIsEscaped(_ raw: String, _ shown: String) {
    #expect(text(raw) == "notice session[7] " + shown)
    #expect(text("m", ["name": "\(raw)"]) == "notice session[7] m name=" + shown)
  }

  @Test("A name of a field cannot begin another line")
  func fieldNameIsEscaped() {
    #expect(text("m", ["a\nb": "1"]) == "notice session[7] m a\\u{a}b=1")
  }

  /// Returns a line without its time.
  private func text(_ message: String, _ details: Logger.Metadata = [:]) -> String {
    parts(of: rendered(message, details))?.rest ?? ""
  }

  private func rendered(_ message: String, _ details: Logger.Metadata = [:]) -> String {
    LogLine(level: .notice, process: "session", pid: 7, message: message, details: details)
      .rendered(as: .text)
  }

  /// Returns the time of a line and the text after it. Returns nil if there is no space.
  private func parts(of line: String) -> (time: Substring, rest: String)? {
    guard let end = line.firstIndex(of: " ") else { return nil }
    return (line[..<end], String(line[line.index(after: end)...]))
  }
}
