/// Sanitizes messages and program names that a peer sends. They are sanitized as they arrive,
/// because they end up in the history, the log and the terminals of other people.
package enum PeerText {
  /// Bytes of a message that are kept.
  private static let maximum = 1000

  /// Replaces each character that moves a cursor, ends a line or changes the direction of text by
  /// `?`.
  package static func sanitized(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { isUnsafe($0) ? "?" : $0 }))
  }

  /// Returns the beginning of a message, at most 1,000 bytes that end between two characters.
  package static func shortened(_ text: String) -> String { cut(text, to: maximum) }

  /// Returns the beginning of a text, at most `length` bytes that end between two characters.
  static func cut(_ text: String, to length: Int) -> String {
    guard text.utf8.count > length else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: length)
    while String.Index(end, within: text.unicodeScalars) == nil {
      end = text.utf8.index(before: end)
    }
    return String(text[..<end])
  }

  /// True for C0, DEL and C1; for separators of lines and paragraphs; for marks, embeddings and
  /// isolates of text direction (Unicode Standard Annex 9, section 2).
  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
