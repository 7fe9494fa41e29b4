/// A command or an option on a help screen: its label, and beside it the first sentence of its text.
struct HelpEntry {
  /// The width of a screen, and the column at which texts begin.
  private static let columns = 80
  private static let indent = 28

  /// The name without a value.
  let name: String
  /// The lines of the screen.
  let lines: [String]

  /// `withDefault` keeps the default behind the sentence.
  init(_ label: String, name: String, text: String?, withDefault: Bool) {
    self.name = name
    let sentence = HelpEntry.sentence(text ?? "", withDefault: withDefault)
    let words = Wrapping.lines(of: sentence, width: HelpEntry.columns - HelpEntry.indent)
    let pad = String(repeating: " ", count: HelpEntry.indent)
    let label = "  " + label
    if label.count > HelpEntry.indent - 2 {
      lines = [label] + words.map { pad + $0 }
    } else {
      let first = label + pad.dropFirst(label.count) + (words.first ?? "")
      lines = [first] + words.dropFirst().map { pad + $0 }
    }
  }

  /// Returns the first sentence of a text, without its end.
  private static func sentence(_ text: String, withDefault: Bool) -> String {
    let standard = text.firstRange(of: " (default: ").map { String(text[$0.lowerBound...]) } ?? ""
    let said = text.dropLast(standard.count)
    let end = said.indices.first { endsSentence(said, at: $0) } ?? said.endIndex
    return said[..<end] + (withDefault ? standard : "")
  }

  /// True if the sentence ends here: an abbreviation is followed by a small letter or a figure.
  private static func endsSentence(_ text: Substring, at index: String.Index) -> Bool {
    guard text[index] == "." else { return false }
    let rest = text[index...].dropFirst()
    return rest.isEmpty || rest.first == " " && rest.dropFirst().first?.isUppercase == true
  }
}

/// Text in lines of a width.
enum Wrapping {
  /// Breaks a text at its blanks. Lines behind the first one are indented.
  static func lines(of text: String, width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? "" : String(repeating: " ", count: indent)) + word)
      }
    }
    return lines
  }
}
