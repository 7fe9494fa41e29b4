import Testing

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

  @Test("A name with an ASCII control character is refused", arguments: Array(0..<0x20) + [0x7f])
  func asciiControlCharacterIsRefused(_ byte: UInt8) {
    #expect(throws: BadName.self) { try FileName(bytes: [0x61, byte, 0x62]) }
  }

  @Test("A name with a control character beyond ASCII is refused", arguments: [0x80, 0x85, 0x9b])
  func c1ControlCharacterIsRefused(_ value: UInt8) {
    expectBad("a\(UnicodeScalar(value))b")
  }

  @Test(
    "A name that is not UTF-8 is refused",
    arguments: [
      [0xff], [0x61, 0x80], [0xc0, 0xaf], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
    ] as [[UInt8]])
  func nonUTF8NameIsRefused(_ bytes: [UInt8]) {
    #expect(throws: BadName.self) { try FileName(bytes: bytes) }
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
    #expect(FileName.printable([UInt8](repeating: 0x61, count: 5000)).count == 1024)
    #expect(throws: BadName.self) { try FileName(bytes: [0x2e, 0x2e, 0x2f, 0x0a]) }
  }

  private func expectBad(_ text: String, at location: SourceLocation = #_sourceLocation) {
    #expect(throws: BadName.self, "\(text)", sourceLocation: location) { try FileName(text) }
  }
}
