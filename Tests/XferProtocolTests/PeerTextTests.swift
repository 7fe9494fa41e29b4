import Testing

@testable import XferProtocol

@Suite("A peer's text is made harmless when it is decoded")
struct PeerTextTests {
  @Test(
    "A control or direction character of a peer's text becomes a question mark",
    arguments: [
      ("plain \"words\", é €", "plain \"words\", é €"), ("a\u{1b}[2Jb", "a?[2Jb"),
      ("a\r\nb\tc", "a??b?c"), ("a\u{9b}31mb", "a?31mb"), ("a\u{7f}", "a?"),
      ("a\u{202e}b\u{2028}c\u{2066}", "a?b?c?"),
    ])
  func controlCharactersBecomeQuestionMarks(_ said: String, _ shown: String) throws {
    #expect(Array(PeerText.sanitized(said).utf8) == Array(shown.utf8))
    let message = ClientMessage.withdraw(Withdrawal(tag: 1, why: said))
    guard case .withdraw(let heard) = try ClientMessage(decoding: message.encoded) else {
      throw UnexpectedMessage()
    }
    #expect(Array(heard.why.utf8) == Array(shown.utf8))
  }

  @Test("A long text of a peer is truncated between characters", arguments: 0..<4)
  func longTextIsTruncatedAtCharacter(_ shift: Int) {
    let sentence = String(repeating: "x", count: shift) + String(repeating: "é€", count: 1000)
    let kept = PeerText.shortened(sentence)
    #expect((997...1000).contains(kept.utf8.count))
    #expect(sentence.utf8.starts(with: kept.utf8))
    #expect(PeerText.shortened("short") == "short")
  }
}
