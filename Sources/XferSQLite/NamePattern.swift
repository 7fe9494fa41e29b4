import XferProtocol

/// A glob, and the range of names in which an index finds its matches.
package struct NamePattern {
  /// The text of the glob.
  package let glob: String
  /// The text up to the first `*`, `?` or `[`; empty if the glob begins with one.
  package let prefix: String
  /// The first text after all texts that begin with the prefix; nil if there is none.
  package let end: String?
  /// True if every name that begins with the prefix matches.
  package let isPrefix: Bool
  /// True if only the prefix itself matches.
  package let isText: Bool
  /// True if every name matches.
  var isAnything: Bool { isPrefix && prefix.isEmpty }

  /// Creates the pattern of a glob.
  package init(_ glob: String) {
    let scalars = glob.unicodeScalars
    let literal = scalars.prefix { !"*?[".unicodeScalars.contains($0) }
    self.glob = glob
    prefix = String(literal)
    end = NamePattern.successor(of: literal)
    isPrefix = scalars.dropFirst(literal.count).elementsEqual("*".unicodeScalars)
    isText = literal.count == scalars.count
  }

  /// Creates a pattern that matches this name only, even if it contains `*`, `?` or `[`.
  init(exactly name: String) {
    (glob, prefix, end, isPrefix, isText) = (name, name, nil, false, true)
  }

  /// Returns the first text after all texts that begin with `text`. SQLite compares UTF-8 bytes,
  /// the order of which is that of the scalars.
  private static func successor(of text: some Collection<Unicode.Scalar>) -> String? {
    var scalars = Array(text)
    while let last = scalars.popLast() {
      // The surrogates follow U+D7FF and are not scalars.
      let next = last.value == 0xd7ff ? 0xe000 : last.value + 1
      if let next = Unicode.Scalar(next) {
        var end = String.UnicodeScalarView(scalars)
        end.append(next)
        return String(end)
      }
    }
    return nil
  }
}
