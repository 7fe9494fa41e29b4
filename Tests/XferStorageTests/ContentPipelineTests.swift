import struct Crypto.SHA256
import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite(
  "The content pipeline writes and hashes long files without change"
)
struct ContentPipelineTests {
  private let directory: TemporaryData
  private let pipeline = ContentPipeline()

  init() throws { directory = try TemporaryData() }

  /// Returns content in which no two blocks are equal, as its period is not a multiple of theirs.
  private func long(_ size: Int) -> [UInt8] {
    let part = numbers(300_007)
    var content: [UInt8] = []
    while content.count < size { content += part }
    return Array(content.prefix(size))
  }

  private func open(_ id: TransferID, _ size: Int) throws -> IncomingFile {
    try #require(
      try IncomingFile(id, size: UInt64(size), in: directory.data.incoming, through: pipeline))
  }

  /// Appends a part of the content as a session does: from the pipeline's block.
  private func append(_ content: [UInt8], _ range: Range<Int>, to file: IncomingFile) throws {
    let part = pipeline.block.prefix(range.count)
    UnsafeMutableRawBufferPointer(rebasing: part).copyBytes(from: content[range])
    let bytes = UnsafeRawBufferPointer(rebasing: part)
    try file.append(bytes, crc: crc32c(bytes))
  }

  private func append(
    _ content: [UInt8], from start: Int, to end: Int, by step: Int, _ file: IncomingFile
  ) throws {
    for at in stride(from: start, to: end, by: step) {
      try append(content, at..<min(end, at + step), to: file)
    }
  }

  private func sha256(_ content: [UInt8]) -> Digest? {
    Digest(bytes: Array(SHA256.hash(data: content)))
  }

  /// Sizes of whole and partial sectors, in pieces that leave the sectors from the first or the
  /// second on.
  @Test(
    "A file of any size in pieces of any size has its content and its digest",
    arguments: [
      (1 << 20 + 1, 1 << 20), (5 << 20, 1 << 20), (16 << 20, 1 << 20), (17 << 20 + 4097, 1 << 20),
      (20_000_001, 1 << 20), (16 << 20, 300_000), (16 << 20, 4096 * 7), (18 << 20, 512 * 777),
    ])
  func fileOfAnySizeAndStepIsExact(_ size: Int, _ step: Int) throws {
    let (content, id) = (long(size), TransferID.random())
    let file = try open(id, size)
    try append(content, from: 0, to: size, by: step, file)
    #expect(try file.seal(sync: true) == sha256(content))
    #expect(directory.content(of: "incoming/\(id)") == content)
  }

  @Test("Files that are interleaved in one pipeline keep their own content")
  func interleavedFilesDoNotMix() throws {
    let size = 17 << 20
    let contents = [long(size), Array(long(size + 5).suffix(size))]
    let ids = [TransferID.random(), .random()]
    let files = try ids.map { try open($0, size) }
    for at in stride(from: 0, to: size, by: 1 << 20) {
      for (file, content) in zip(files, contents) {
        try append(content, at..<at + 1 << 20, to: file)
      }
    }
    for (index, file) in files.enumerated() {
      #expect(try file.seal(sync: false) == sha256(contents[index]))
      #expect(directory.content(of: "incoming/\(ids[index])") == contents[index])
    }
  }

  @Test(
    "A file that is closed in its middle has all appended content and resumes at its end",
    arguments: [3, 7])
  func closedFileResumesAtItsEnd(_ pieces: Int) throws {
    let (size, step, id) = (20 << 20, 1 << 20 - 512, TransferID.random())
    let content = long(size)
    let first = try open(id, size)
    try append(content, from: 0, to: pieces * step, by: step, first)
    first.close()
    #expect(directory.content(of: "incoming/\(id)") == Array(content[..<(pieces * step)]))
    let second = try open(id, size)
    #expect(second.received == Int64(pieces * step))
    try append(content, from: pieces * step, to: size, by: step, second)
    #expect(try second.seal(sync: true) == sha256(content))
    #expect(directory.content(of: "incoming/\(id)") == content)
  }
}
