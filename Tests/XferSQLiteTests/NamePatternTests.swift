import Testing

@testable import XferSQLite

@Suite("A glob of names becomes a range of names")
struct NamePatternTests {
  @Test(
    "The range of a glob contains exactly the names with its prefix",
    arguments: [
      ("a*", "a", "b"), ("a/b?", "a/b", "a/c"), ("[ab]*", "", nil), ("x", "x", "y"),
      ("\u{d7ff}*", "\u{d7ff}", "\u{e000}"), ("a\u{10ffff}*", "a\u{10ffff}", "b"),
      ("\u{10ffff}*", "\u{10ffff}", nil), ("*", "", nil),
    ] as [(String, String, String?)])
  func globHasPrefixRange(_ glob: String, _ prefix: String, _ end: String?) {
    let pattern = NamePattern(glob)
    #expect((pattern.prefix, pattern.end) == (prefix, end))
    #expect(pattern.isPrefix == (glob == prefix + "*"))
    #expect(pattern.isText == (glob == prefix))
    #expect(pattern.isAnything == (glob == "*"))
  }
}
