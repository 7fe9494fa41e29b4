import Testing

@testable import XferSQLite

@Suite("Globs of names")
struct NamePatternTests {
  @Test(
    "The names between a prefix and its end are those that begin with it",
    arguments: [
      ("a*", "a", "b"), ("a/b?", "a/b", "a/c"), ("[ab]*", "", nil), ("x", "x", "y"),
      ("\u{d7ff}*", "\u{d7ff}", "\u{e000}"), ("a\u{10ffff}*", "a\u{10ffff}", "b"),
      ("\u{10ffff}*", "\u{10ffff}", nil), ("*", "", nil),
    ] as [(String, String, String?)])
  func namesBetweenPrefixAndItsEndAreThoseThat(_ glob: String, _ prefix: String, _ end: String?) {
    let pattern = NamePattern(glob)
    #expect((pattern.prefix, pattern.end) == (prefix, end))
    #expect(pattern.isPrefix == (glob == prefix + "*"))
    #expect(pattern.isText == (glob == prefix))
    #expect(pattern.isAnything == (glob == "*"))
  }
}
