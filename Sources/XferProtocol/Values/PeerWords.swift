/// What a peer says in words: a sentence, or the name of its program. It is made harmless where it comes in, as it goes
/// on into the history, the log and other people's terminals.
public enum PeerWords {
  /// Bytes that are kept of a sentence.
  private static let longest = 1000

  /// Characters that move a cursor, end a line or turn the direction of what follows become `?`.
  public static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { isHarmful($0) ? "?" : $0 }))
  }

  /// As much of a sentence as is kept; it ends between two characters.
  public static func short(_ text: String) -> String {
    guard text.utf8.count > longest else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: longest)
    while String.Index(end, within: text.unicodeScalars) == nil {
      end = text.utf8.index(before: end)
    }
    return String(text[..<end])
  }

  /// C0, DEL and C1; the separators of lines and paragraphs; marks, embeddings and isolates of direction
  /// (Unicode Standard Annex 9, section 2).
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
