import XferProtocol

/// A glob as far as an index can serve it: the text that all matching names begin with.
struct NamePattern {
  let glob: String
  /// Up to the first `*`, `?` or `[`; empty where the glob begins with one.
  let prefix: String
  /// The first text after all that begin with the prefix; nil where there is none.
  let end: String?
  /// Whether whatever begins with the prefix matches.
  let isPrefix: Bool
  /// Whether nothing but the prefix itself matches.
  let isText: Bool
  var isAnything: Bool { isPrefix && prefix.isEmpty }

  init(_ glob: String) {
    let scalars = glob.unicodeScalars
    let literal = scalars.prefix { !"*?[".unicodeScalars.contains($0) }
    self.glob = glob
    prefix = String(literal)
    end = NamePattern.successor(of: literal)
    isPrefix = scalars.dropFirst(literal.count).elementsEqual("*".unicodeScalars)
    isText = literal.count == scalars.count
  }

  /// This name alone, whatever it has in it that means something in a glob.
  init(exactly name: String) {
    (glob, prefix, end, isPrefix, isText) = (name, name, nil, false, true)
  }

  /// The order of UTF-8, by which SQLite compares, is that of the scalars.
  private static func successor(of text: some Collection<Unicode.Scalar>) -> String? {
    var scalars = Array(text)
    while let last = scalars.popLast() {
      // After U+D7FF come the surrogates, which are no scalars.
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
