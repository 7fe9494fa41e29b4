import Testing
import XferSystem

@testable import XferProtocol

@Suite("A file name is a relative path of safe components")
struct FileNameTests {
  @Test(
    "A relative path of safe components is accepted byte for byte",
    arguments: [
      "a", "a/b", "a/b/c.txt", " ", "a b", "...", "..a", "a..", "a..b/c", ".hidden", "-rf", "a\\b",
      "%2e%2e", "C:", "Grüße ☃", "日本/語", "\u{e9}", "e\u{301}", "\u{feff}a",
    ])
  func relativePathIsAccepted(_ text: String) throws {
    let name = try FileName(text)
    #expect(Array(name.text.utf8) == Array(text.utf8))
    #expect(try FileName(bytes: Array(text.utf8)) == name)
  }

  @Test(
    "A name with a . or .. component is refused",
    arguments: [".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "../..", "a/b/.."])
  func dotComponentIsRefused(_ text: String) { expectBad(text) }

  @Test(
    "A name with an empty component is refused", arguments: ["", "/", "/a", "a/", "a//b", "//"])
  func emptyComponentIsRefused(_ text: String) { expectBad(text) }

  @Test("A name with a NUL is refused")
  func nulIsRefused() {
    #expect(throws: BadName.self) { try FileName(bytes: [0x61, 0, 0x62]) }
    expectBad("a\u{ef00}b")
  }

  @Test(
    "A name with a control character is not printable",
    arguments: [[0x01], [0x0a], [0x1b], [0x1f], [0x7f], [0xc2, 0x80], [0xc2, 0x9f]] as [[UInt8]])
  func controlCharacterIsNotPrintable(_ bytes: [UInt8]) throws {
    let name = try FileName(bytes: [0x61] + bytes + [0x62])
    #expect(name.oddity == "it contains a control character")
    #expect(name.bytes == [0x61] + bytes + [0x62])
    #expect(throws: BadName.self) { try FileName(printable: name.bytes) }
  }

  @Test(
    "A name that is not UTF-8 is not printable",
    arguments: [
      [0xff], [0x61, 0x80], [0xc0, 0xaf], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
    ] as [[UInt8]])
  func nonUTF8NameIsNotPrintable(_ bytes: [UInt8]) throws {
    let name = try FileName(bytes: bytes)
    #expect(name.oddity == "it is not UTF-8")
    #expect(name.bytes == bytes)
    #expect(throws: BadName.self) { try FileName(printable: bytes) }
  }

  @Test(
    "A name that is escaped cannot become a path of other components",
    arguments: [
      "a\u{ef2f}b", "\u{ef2e}\u{ef2e}", "\u{ef2e}\u{ef2e}/a",
    ])
  func escapesAreChecked(_ text: String) throws {
    let name = try? FileName(text)
    #expect(name == nil || name?.components == ["a", "b"])
    #expect(name.map { PathText.hasEscapes($0.text) } != true)
  }

  @Test("A name has at most 1024 bytes and 32 components of 255 bytes")
  func nameLengthIsBounded() throws {
    let part = String(repeating: "x", count: 255)
    let longest = [part, part, part, String(part.dropLast()), "x"].joined(separator: "/")
    #expect(try FileName(longest).text.utf8.count == 1024)
    expectBad(longest + "x")
    expectBad(part + "x")
    _ = try FileName(Array(repeating: "d", count: 32).joined(separator: "/"))
    expectBad(Array(repeating: "d", count: 33).joined(separator: "/"))
  }

  @Test("A name is split into components at the byte of a slash")
  func componentsAreSplitByBytes() throws {
    #expect(try FileName("a/b/c").components == ["a", "b", "c"])
    let combining = try FileName("a/\u{301}b").components
    #expect(combining.map { Array($0.utf8) } == [[0x61], [0xcc, 0x81, 0x62]])
  }

  @Test("Names are equal only if their bytes are equal")
  func namesAreComparedByBytes() throws {
    #expect(try FileName("\u{e9}") != FileName("e\u{301}"))
    #expect(try Set([FileName("\u{e9}"), FileName("e\u{301}")]).count == 2)
  }

  @Test("The printable form of a name has no control characters and is truncated")
  func printableNameIsSafeAndBounded() {
    #expect(FileName.printable([0x61, 0x0a, 0x1b, 0x7f, 0x62]) == "a???b")
    #expect(FileName.printable([0x61, 0xff]) == "a\u{fffd}")
    #expect(FileName.printable([0x61, 0xee, 0xbc, 0xaf]) == "a?")
    #expect(FileName.printable([UInt8](repeating: 0x61, count: 5000)).count == 1024)
    #expect(throws: BadName.self) { try FileName(bytes: [0x2e, 0x2e, 0x2f, 0x0a]) }
  }

  private func expectBad(_ text: String, at location: SourceLocation = #_sourceLocation) {
    #expect(throws: BadName.self, "\(text)", sourceLocation: location) { try FileName(text) }
  }
}
