import Testing
import XferCommand

@Suite("A terminal gets no control character from a text")
struct TerminalTests {
  @Test(
    "Text without control characters is shown as it is",
    arguments: [
      "", "plain", "é", "日本", "\u{a0}", "a\u{301}", "\u{1f469}\u{200d}\u{1f467}", "\u{c0}\u{df}",
    ])
  func safeTextIsKept(_ text: String) {
    #expect(bytes(Terminal.sanitized(text, keepingLines: false)) == bytes(text))
    #expect(bytes(Terminal.sanitized(text, keepingLines: true)) == bytes(text))
  }

  @Test(
    "Each control character becomes a question mark",
    arguments: [
      ("\u{1b}[31m", "?[31m"), ("a\tb", "a?b"), ("a\u{7}", "a?"), ("\u{0}", "?"),
      ("\u{7f}", "?"), ("\u{80}", "?"), ("a\u{9b}31mb", "a?31mb"), ("\u{9f}é", "?é"),
      ("\u{8}\u{8}", "??"),
    ])
  func controlCharacterIsReplaced(_ text: String, _ shown: String) {
    #expect(bytes(Terminal.sanitized(text, keepingLines: false)) == bytes(shown))
    #expect(bytes(Terminal.sanitized(text, keepingLines: true)) == bytes(shown))
  }

  @Test(
    "A line end becomes question marks in a text of one line",
    arguments: [("a\nb", "a?b"), ("a\r\nb", "a??b"), ("a\rb", "a?b"), ("a\n", "a?")])
  func lineEndIsReplaced(_ text: String, _ shown: String) {
    #expect(bytes(Terminal.sanitized(text, keepingLines: false)) == bytes(shown))
  }

  @Test(
    "A text of several lines keeps its line ends and no other carriage return",
    arguments: [
      ("a\nb\n", "a\nb\n"), ("a\r\nb\r\n", "a\r\nb\r\n"), ("a\rb", "a?b"), ("a\r", "a?"),
      ("a\r\r\nb", "a?\r\nb"), ("a\n\u{1b}b\r\n", "a\n?b\r\n"), ("\n", "\n"),
    ])
  func lineEndsAreKept(_ text: String, _ shown: String) {
    #expect(bytes(Terminal.sanitized(text, keepingLines: true)) == bytes(shown))
  }

  /// The UTF-8 of a text, because two texts may be equal and have other bytes.
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
