/// Measures and cuts text by the columns that it takes on a terminal.
///
/// A character of East Asian writing or an emoji takes two columns, a combining mark none (Unicode
/// Standard Annex 11). Terminals differ in sequences of emoji; they take at most what is counted
/// here.
package enum TextWidth {
  /// Stands for the part of a text that was cut out. It takes one column.
  package static let ellipsis = "…"

  /// Returns the number of columns of a text without control characters.
  package static func columns(of text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// Returns the text, cut in its middle if it takes more than `columns` columns. The end is kept
  /// longer than the beginning, because the ends of paths differ.
  package static func cut(_ text: String, to columns: Int) -> String {
    guard self.columns(of: text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? ellipsis : "" }
    let head = prefix(text, (columns - 1) / 3)
    return head + ellipsis + suffix(text, columns - 1 - self.columns(of: head))
  }

  /// Returns the text, filled with blanks at its end to `columns` columns.
  package static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - self.columns(of: text)))
  }

  /// Returns the longest beginning of the text with at most that many columns.
  package static func prefix(_ text: String, _ columns: Int) -> String {
    var left = columns
    return String(
      text.prefix { character in
        left -= width(of: character)
        return left >= 0
      })
  }

  private static func suffix(_ text: String, _ columns: Int) -> String {
    var left = columns
    let kept = text.reversed().prefix { character in
      left -= width(of: character)
      return left >= 0
    }
    return String(kept.reversed())
  }

  private static func width(of character: Character) -> Int {
    character.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isWide =
      wide.contains { $0.contains(scalar.value) }
      || scalar.properties.isEmojiPresentation
    return isWide ? 2 : 1
  }

  /// The blocks of East_Asian_Width W and F (EastAsianWidth.txt of Unicode).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
    0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
    0x16fe0...0x18aff, 0x1b000...0x1b2ff, 0x1f200...0x1f2ff, 0x1f300...0x1f64f,
    0x1f900...0x1f9ff, 0x20000...0x3fffd,
  ]
}
