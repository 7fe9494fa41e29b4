import Testing
import XferSystem

@testable import XferProtocol

@Suite("The manifest of a set")
struct ManifestTests {
  private static let digest = Digest(bytes: [UInt8](repeating: 0xab, count: 32))!
  private static let hex = String(repeating: "ab", count: 32)

  private func line(
    _ name: [UInt8], _ kind: FileAttributes.Kind = .file, digest: Digest? = digest
  ) throws -> String {
    let line = ManifestLine(name: try FileName(bytes: name), kind: kind, digest: digest)
    return String(decoding: line.bytes, as: UTF8.self)
  }

  @Test("A regular file has the line of sha256sum, with its escapes")
  func fileHasLineOfSha256sum() throws {
    #expect(try line(Array("a b".utf8)) == "\(Self.hex)  a b\n")
    #expect(try line(Array("a\nb".utf8)) == "\\\(Self.hex)  a\\nb\n")
    #expect(try line(Array("a\\b\r".utf8)) == "\\\(Self.hex)  a\\\\b\\r\n")
    #expect(
      ManifestLine(name: try FileName(bytes: [0xff]), kind: .file, digest: Self.digest).bytes
        == Array("\(Self.hex)  ".utf8) + [0xff, 0x0a])
  }

  @Test("Directories, links and files without a digest have lines that sha256sum ignores")
  func othersAreComments() throws {
    #expect(try line(Array("d".utf8), .directory, digest: nil) == "# directory  d\n")
    #expect(
      try line(Array("l".utf8), .link(target: "../x\u{ef0a}"), digest: nil)
        == "# link  l -> ../x\\n\n")
    #expect(try line(Array("f".utf8), digest: nil) == "# no digest  f\n")
  }

  @Test("A list of any length is divided into parts that fit a message, and comes back whole")
  func listIsDivided() throws {
    let files = try (0..<3000).map {
      Announcement.File(
        name: try FileName("dir/" + String(repeating: "x", count: $0 % 200) + "\($0)"),
        size: UInt64($0))
    }
    let parts = Announcement.parts(of: files)
    #expect(parts.map { Int($0.part) } == Array(parts.indices))
    #expect(parts.flatMap(\.files) == files)
    #expect(parts.flatMap { Announcement.files($0.list) } == files)
    for part in parts {
      #expect(part.list.count <= Announcement.largest)
      let bytes = ClientMessage.announce(part).encoded
      #expect(bytes.count <= WireLimits.payload + WireLimits.frameHeader)
      guard case .announce(let heard) = try ClientMessage(decoding: bytes) else {
        throw UnexpectedMessage()
      }
      #expect(heard == part)
    }
    #expect(Announcement.parts(of: []).isEmpty)
  }

  @Test("A part that the recorder could not read is out of bounds, and so is an empty one")
  func partsHaveBounds() throws {
    let file = Announcement.File(name: try FileName(String(repeating: "x", count: 190)), size: 1)
    func isInBounds(_ part: UInt32, _ count: Int) -> Bool {
      Announcement(part: part, files: Array(repeating: file, count: count)).isInBounds
    }
    #expect(isInBounds(0, 1) && isInBounds(65_535, Announcement.largest / 200))
    #expect(!isInBounds(0, 0) && !isInBounds(65_536, 1))
    #expect(!isInBounds(0, Announcement.largest / 200 + 1))
  }
}
