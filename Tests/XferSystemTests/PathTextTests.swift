import FoundationEssentials
import Glibc
import Testing

@testable import XferSystem

@Suite("Each path has one text, and each text one path")
struct PathTextTests {
  @Test(
    "Printable UTF-8 is its own text",
    arguments: ["", "a/b", "Grüße ☃", "e\u{301}", "\u{e000}\u{f8ff}", "\u{10ffff}"])
  func printableTextStays(_ text: String) {
    #expect(Array(PathText.text(Array(text.utf8)).utf8) == Array(text.utf8))
    #expect(PathText.bytes(text) == Array(text.utf8))
    #expect(!PathText.hasEscapes(text))
  }

  @Test(
    "Any other byte is written as a character of its own",
    arguments: [
      ([0x61, 0x0a, 0x62], "a\u{ef0a}b", "a\\nb"), ([0xff], "\u{efff}", "\\xff"),
      ([0xc3, 0x28], "\u{efc3}(", "\\xc3("), ([0xc2, 0x9b], "\u{efc2}\u{ef9b}", "\\xc2\\x9b"),
      ([0xee, 0xbc, 0x80], "\u{efee}\u{efbc}\u{ef80}", "\\xee\\xbc\\x80"),
      ([0x1b, 0x09, 0x0d], "\u{ef1b}\u{ef09}\u{ef0d}", "\\x1b\\t\\r"),
    ] as [([UInt8], String, String)])
  func oddBytesAreEscaped(_ bytes: [UInt8], _ text: String, _ shown: String) {
    #expect(PathText.text(bytes) == text)
    #expect(PathText.bytes(text) == bytes)
    #expect(PathText.shown(text) == shown)
  }

  @Test("Random bytes survive the way to a text and back, and no two have one text")
  func randomBytesRoundTrip() {
    var generator = SystemRandomNumberGenerator()
    let parts: [[UInt8]] = [
      [0xee], [0xbc], [0x80], [0xc2], [0x9b], [0xff], [0x0a], [0x41], [0xe2, 0x98, 0x83],
    ]
    var seen: [String: [UInt8]] = [:]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
        parts.randomElement(using: &generator)!
      }
      let text = PathText.text(bytes)
      #expect(PathText.bytes(text) == bytes)
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) })
      #expect(seen.updateValue(bytes, forKey: text) ?? bytes == bytes)
    }
  }

  @Test("The calls of the kernel take and return paths of any bytes")
  func kernelTakesAnyBytes() throws {
    let path = FileManager.default.temporaryDirectory.path + "/xfer-path-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let directory = try Directory(path: path)
    defer { directory.close() }
    let bytes: [UInt8] = [0x61, 0x0a, 0xff, 0xee, 0xbc, 0xaf]
    let name = PathText.text(bytes)
    try directory.openFile(name, O_WRONLY | O_CREAT).close()
    #expect(try directory.names().names == [name])
    #expect(try directory.status(of: name)?.isRegular == true)
    #expect(try directory.makeLink("link", to: name))
    #expect(try directory.target(ofLink: "link") == name)
    try directory.remove(name)
    #expect(try directory.status(of: name) == nil)
  }
}
