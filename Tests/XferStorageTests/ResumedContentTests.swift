import Glibc
import struct Crypto.SHA256
import Testing
import XferProtocol
import XferSystem

@testable import XferStorage

/// Content of earlier sessions is compared with its sums file.
@Suite("Resumed content is verified against its sums file")
struct ResumedContentTests {
  private let directory: TemporaryData
  private let id = TransferID.random()
  private let content = numbers(4 << 20)

  init() throws { directory = try TemporaryData() }

  private func open(_ options: ContentOptions = ContentOptions()) throws -> IncomingFile {
    let size = UInt64(content.count)
    return try #require(
      try IncomingFile(id, size: size, in: directory.data.incoming, options: options))
  }

  private func append(_ range: Range<Int>, by step: Int = 1 << 20, to file: IncomingFile) throws {
    for at in stride(from: range.lowerBound, to: range.upperBound, by: step) {
      try file.append(Array(content[at..<min(at + step, range.upperBound)]))
    }
  }

  /// Appends content up to `end` and closes the file.
  private func bring(to end: Int, by step: Int = 1 << 20) throws {
    let file = try open()
    try append(0..<end, by: step, to: file)
    file.close()
  }

  /// Flips a bit of the file on the disk.
  private func spoil(at offset: Int) throws {
    var bytes = try #require(directory.content(of: "incoming/\(id)"))
    bytes[offset] ^= 1
    let file = try directory.data.incoming.openFile(id.description, O_WRONLY)
    defer { try? file.close() }
    try bytes.withUnsafeBytes { try file.writeAll($0, at: 0) }
  }

  private var digest: Digest? { Digest(bytes: Array(SHA256.hash(data: content))) }

  @Test(
    "A damaged partial file is truncated to its last good step and completed from there",
    .timeLimit(.minutes(20)),
    arguments: [
      (at: 0, good: 0), (at: 1 << 20 - 1, good: 0), (at: 1 << 20, good: 1 << 20),
      (at: 3 << 20 + 5, good: 3 << 20),
    ], ["sha256", "none"])
  func damagedFileIsTruncatedAndResent(_ damage: (at: Int, good: Int), _ method: String) throws {
    let options = ContentOptions(digest: method == "none" ? .none : .sha256)
    try bring(to: 3 << 20 + 1000, by: 300_000)
    try spoil(at: damage.at)
    let second = try open(options)
    #expect(second.received == 3 << 20 + 1000)
    let error = #expect(throws: DamagedContent.self) {
      try append(3 << 20 + 1000..<content.count, to: second)
      _ = try second.seal(sync: false)
    }
    #expect(error?.goodUpTo == Int64(damage.good))
    second.giveUp(try #require(error))
    second.close()
    let third = try open(options)
    #expect(third.received == Int64(damage.good))
    try append(damage.good..<content.count, to: third)
    #expect(try third.seal(sync: true) == (method == "none" ? nil : digest))
    #expect(directory.content(of: "incoming/\(id)") == content)
  }

  @Test(
    "An undamaged partial file resumes at its length, for pieces of any size",
    arguments: [1 << 20, 65_536, 300_000, 1 << 20 - 1])
  func undamagedFileResumesAtItsLength(_ step: Int) throws {
    try bring(to: 2 << 20 + 77, by: step)
    let second = try open()
    #expect(second.received == 2 << 20 + 77)
    try append(2 << 20 + 77..<content.count, by: step, to: second)
    #expect(try second.seal(sync: true) == digest)
  }

  @Test("A partial file that lost its end resumes at its last whole step")
  func shortenedFileResumesAtWholeStep() throws {
    try bring(to: 3 << 20 + 1000)
    let file = try directory.data.incoming.openFile(id.description, O_WRONLY)
    try file.truncate(to: 2 << 20 + 5)
    try file.close()
    let second = try open()
    #expect(second.received == 2 << 20)
    try append(2 << 20..<content.count, to: second)
    #expect(try second.seal(sync: false) == digest)
  }

  @Test("Content beyond the sums of a partial file is truncated")
  func contentBeyondSumsIsTruncated() throws {
    try bring(to: 2 << 20)
    let file = try directory.data.incoming.openFile(id.description, O_WRONLY)
    try numbers(1 << 20).withUnsafeBytes { try file.writeAll($0, at: 2 << 20) }
    try file.close()
    #expect(try open().received == 2 << 20)
    #expect(try directory.data.incoming.status(of: id.description)?.size == 2 << 20)
  }

  @Test(
    "A partial file with an invalid sums file starts from the beginning",
    arguments: [0, 5, 9, 20, 33, 60])
  func invalidSumsFileIsIgnored(_ offset: Int) throws {
    try bring(to: 2 << 20)
    var sums = try #require(directory.content(of: "incoming/\(id).sums"))
    sums[offset] ^= 1
    try directory.write(sums, to: "incoming/\(id).sums")
    #expect(try open().received == 0)
  }

  @Test("Content that cannot be read is sent again like damaged content")
  func unreadableContentIsResent() throws {
    try bring(to: 3 << 20)
    let second = try open()
    // The file becomes shorter than its session knows, so that a read ends early.
    let file = try directory.data.incoming.openFile(id.description, O_WRONLY)
    try file.truncate(to: 2 << 20 + 5)
    try file.close()
    let error = #expect(throws: DamagedContent.self) {
      try append(3 << 20..<content.count, to: second)
      _ = try second.seal(sync: false)
    }
    // The hole of the append reads as zeros, or the read ends early; both are after two good steps.
    #expect(error?.goodUpTo == 2 << 20)
  }

  @Test("A damaged sum rejects the content of a partial file from its step on")
  func damagedSumRejectsContentFromItsStep() throws {
    try bring(to: 3 << 20)
    var sums = try #require(directory.content(of: "incoming/\(id).sums"))
    sums[128 + 4] ^= 1
    try directory.write(sums, to: "incoming/\(id).sums")
    let second = try open()
    let error = #expect(throws: DamagedContent.self) {
      try append(3 << 20..<content.count, to: second)
      _ = try second.seal(sync: false)
    }
    #expect(error?.goodUpTo == 1 << 20)
  }

  @Test("The sums of content do not depend on the pieces in which it arrives")
  func sumsDoNotDependOnPieces() {
    var numbers = SystemRandomNumberGenerator()
    var sums = ContentSums(size: 1 << 40)
    #expect(sums.step == 16 << 20)
    var crc: UInt32 = 0
    while sums.length < 16 << 20 {
      let count = Int.random(in: 1...1 << 20, using: &numbers)
      content[..<min(count, Int(16 << 20 - sums.length))].withUnsafeBytes { piece in
        crc = crc32c(piece, continuing: crc)
        sums.add(piece, crc: crc32c(piece))
      }
    }
    #expect(sums.whole == [crc])
  }
}
