import Testing

@testable import XferClient

@Suite("The first rule that matches a path decides")
struct FileFilterTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("A path that no rule matches is included, and the order of the rules counts")
  func firstRuleDecides() throws {
    var filter = FileFilter()
    try filter.add("*.c", effect: .include)
    try filter.add("*", effect: .exclude)
    #expect(!filter.excludes("a.c", isDirectory: false))
    #expect(filter.excludes("a.o", isDirectory: false))
    var reversed = FileFilter()
    try reversed.add("*", effect: .exclude)
    try reversed.add("*.c", effect: .include)
    #expect(reversed.excludes("a.c", isDirectory: false))
    #expect(!FileFilter().excludes("a.c", isDirectory: false))
  }

  @Test("A sign before the pattern takes precedence over the option, and ! removes all rules")
  func signsTakePrecedence() throws {
    var filter = FileFilter()
    try filter.add("+ a", effect: .exclude)
    try filter.add("- *", effect: .include)
    #expect(!filter.excludes("a", isDirectory: false))
    #expect(filter.excludes("b", isDirectory: false))
    try filter.add("!", effect: .exclude)
    #expect(filter.isEmpty)
  }

  @Test("A file of patterns has one on each line, and comments")
  func fileHasLines() throws {
    let path = try files.write("# comment\n; comment\n\n+ keep.o\n*.o\n", to: "rules")
    var filter = FileFilter()
    try filter.add(file: path, effect: .exclude)
    #expect(!filter.excludes("keep.o", isDirectory: false))
    #expect(filter.excludes("a.o", isDirectory: false))
    #expect(!filter.excludes("# comment", isDirectory: false))
  }

  @Test("An empty pattern and a missing file are errors")
  func emptyPatternIsError() {
    var filter = FileFilter()
    #expect(throws: BadFilter.self) { try filter.add("", effect: .exclude) }
    #expect(throws: BadFilter.self) { try filter.add("- ", effect: .exclude) }
    #expect(throws: (any Error).self) { try filter.add(file: "/no/such/file", effect: .exclude) }
  }

  @Test("A path in an excluded directory is excluded")
  func parentsCount() throws {
    var filter = FileFilter()
    try filter.add("tmp/", effect: .exclude)
    #expect(!filter.excludes("tmp/a", isDirectory: false))
    #expect(filter.excludesWithParents("tmp/a", isDirectory: false))
    #expect(!filter.excludesWithParents("a/tmp", isDirectory: false))
  }
}
