import Testing

@testable import XferClient

@Suite("A pattern matches the paths that rsync matches with it")
struct FilterPatternTests {
  /// Patterns with paths that match, and paths that do not. A path with a slash at its end is that
  /// of a directory.
  static let cases: [(pattern: String, matches: [String], others: [String])] = [
    ("foo", ["foo", "a/foo", "foo/", "a/b/foo/"], ["foo/a", "afoo", "foo.c"]),
    ("*.o", ["a.o", "b/a.o", ".o", "a.o/"], ["a.oo", "a.o/b"]),
    ("/foo", ["foo", "foo/"], ["a/foo", "foo/foo2"]),
    ("foo/", ["foo/", "a/foo/"], ["foo", "foo/a"]),
    ("foo/bar", ["foo/bar", "a/foo/bar"], ["foo/bar/a", "bar", "afoo/bar"]),
    ("/foo/bar", ["foo/bar"], ["a/foo/bar"]),
    ("foo/*/bar", ["foo/a/bar", "x/foo/a/bar"], ["foo/bar", "foo/a/b/bar"]),
    ("/foo/**/bar", ["foo/a/bar", "foo/a/b/bar"], ["foo/bar", "a/foo/b/bar"]),
    ("foo**", ["foo", "foo/a", "x/foo/a/b", "food"], ["afoo"]),
    ("**foo", ["foo", "a/foo", "afoo"], ["foo/a"]),
    ("**/foo", ["foo", "a/foo", "a/b/foo"], ["afoo"]),
    ("foo/***", ["foo/", "foo/a", "foo/a/b", "x/foo/"], ["foo"]),
    ("/foo/***", ["foo/", "foo/a/b"], ["x/foo/", "x/foo/a"]),
    ("*/", ["a/", "a/b/"], ["a", "a/b"]),
    ("?", ["a", "b/c"], ["", "ab", "a/bc"]),
    ("a?b", ["axb"], ["a/b", "ab"]),
    ("[ab]", ["a", "b", "c/a"], ["c", "ab"]),
    ("[!a]x", ["bx"], ["ax", "x"]),
    ("[^a-c]", ["d"], ["a", "b", "c"]),
    ("[]-]", ["]", "-"], ["a", "["]),
    ("[a-]", ["a", "-"], ["b"]),
    ("[[:digit:]_]x", ["1x", "_x"], ["ax"]),
    ("[z-a]", ["z"], ["a", "m"]),
    ("[a", [], ["a", "[a"]),
    ("[[:nothing:]]", [], ["n", ":"]),
    ("a\\*", ["a*"], ["ab", "a\\*"]),
    ("a\\b", ["a\\b"], ["ab"]),
    ("*\\", [], ["a\\", "\\"]),
    ("[\\]]", ["]"], ["\\"]),
    ("é", ["é"], ["e\u{301}"]),
  ]

  @Test("Each kind of pattern matches as rsync(1) says", arguments: cases)
  func patternMatches(_ row: (pattern: String, matches: [String], others: [String])) {
    let pattern = FilterPattern(Array(row.pattern.utf8))
    for path in row.matches { #expect(matches(pattern, path), "\(row.pattern) \(path)") }
    for path in row.others { #expect(!matches(pattern, path), "\(row.pattern) \(path)") }
  }

  @Test("A pattern with many stars is compared in a bounded time")
  func manyStarsAreBounded() {
    let pattern = FilterPattern(Array((String(repeating: "*a", count: 100) + "b").utf8))
    #expect(!matches(pattern, String(repeating: "a", count: 255)))
  }

  private func matches(_ pattern: FilterPattern, _ path: String) -> Bool {
    let isDirectory = path.hasSuffix("/")
    return pattern.match(
      Array((isDirectory ? String(path.dropLast()) : path).utf8), isDirectory: isDirectory)
  }
}
