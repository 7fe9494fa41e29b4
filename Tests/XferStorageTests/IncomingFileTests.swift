import Glibc
import struct Crypto.SHA256
import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("An incoming file takes content and seals it")
struct IncomingFileTests {
  private let directory: TemporaryData
  private let id = TransferID.random()

  init() throws { directory = try TemporaryData() }

  private func open(_ size: Int) throws -> IncomingFile {
    try #require(try IncomingFile(id, size: UInt64(size), in: directory.data.incoming))
  }

  private var received: UInt64 {
    get throws { UInt64(try directory.data.incoming.status(of: id.description)?.size ?? 0) }
  }

  @Test("A sealed file has all appended content and its SHA-256")
  func sealedFileHasContentAndDigest() throws {
    let file = try open(3)
    try file.append([0x61, 0x62])
    #expect(!file.isWhole)
    try file.append([0x63])
    #expect(file.isWhole)
    // FIPS 180-4, "abc".
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try file.seal(sync: true)?.description == abc)
    #expect(directory.content(of: "incoming/\(id)") == [0x61, 0x62, 0x63])
  }

  @Test("An empty file is complete when it is opened")
  func emptyFileIsCompleteAtOnce() throws {
    let file = try open(0)
    #expect(file.isWhole)
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(try file.seal(sync: false)?.description == digest)
    #expect(directory.content(of: "incoming/\(id)") == [])
  }

  @Test(
    "A file of any size has the right digest",
    arguments: [1, 4096, 1 << 20, 1 << 20 + 1, 5 << 20])
  func fileOfAnySizeHasDigest(_ size: Int) throws {
    let content = numbers(size)
    let file = try open(size)
    for start in stride(from: 0, to: size, by: 300_000) {
      try file.append(Array(content[start..<min(size, start + 300_000)]))
    }
    #expect(try file.seal(sync: true) == Digest(bytes: Array(SHA256.hash(data: content))))
    #expect(directory.content(of: "incoming/\(id)") == content)
  }

  @Test("An identified client resumes its file from another address, and no other client does")
  func partialFileFollowsName() throws {
    func open(_ client: Client) throws -> IncomingFile {
      let id = TransferID.incoming(id, from: client, as: try FileName("a"), size: 2 << 20)
      return try #require(
        try IncomingFile(id, size: 2 << 20, in: directory.data.incoming, of: client.key))
    }
    let file = try open(Client(address: "10.0.0.1", name: "cam-7"))
    try file.append([1, 2, 3])
    file.close()
    for stranger in [Client(address: "10.0.0.1"), Client(address: "10.0.0.1", name: "cam-8")] {
      #expect(try open(stranger).received == 0)
    }
    #expect(try open(Client(address: "10.0.0.2", name: "cam-7")).received == 3)
  }

  @Test("A file resumes at its length, and its digest covers all of it", arguments: [1, 65_536])
  func resumedFileHasDigestOfWhole(_ cut: Int) throws {
    let content = numbers(2 << 20)
    let first = try open(content.count)
    try first.append(Array(content[..<cut]))
    first.close()
    #expect(try received == UInt64(cut))
    let second = try open(content.count)
    #expect(second.received == Int64(cut))
    try second.append(Array(content[cut...]))
    #expect(try second.seal(sync: false) == Digest(bytes: Array(SHA256.hash(data: content))))
  }

  @Test("A complete file that is opened again is complete and is hashed again")
  func completeFileIsHashedAgain() throws {
    let content = numbers(2 << 20)
    let first = try open(content.count)
    try first.append(content)
    first.close()
    let second = try open(content.count)
    #expect(second.isWhole)
    #expect(try second.seal(sync: false) == Digest(bytes: Array(SHA256.hash(data: content))))
  }

  @Test("A partial file without a sums file starts from the beginning")
  func fileWithoutSumsStartsOver() throws {
    try directory.write(numbers(1 << 20), to: "incoming/\(id)")
    let file = try open(2 << 20)
    #expect(file.received == 0)
    #expect(try received == 0)
    file.close()
  }

  @Test("A partial file that one connection writes is locked against others")
  func openFileIsLocked() throws {
    let first = try open(3)
    defer { first.close() }
    #expect(try IncomingFile(id, size: 3, in: directory.data.incoming) == nil)
    #expect(directory.data.incoming.lockHolder(of: id.description) == getpid())
  }

  @Test("A partial file can be opened after its writer has closed it")
  func closedFileCanBeOpened() throws {
    try open(3).close()
    #expect(!directory.exists("incoming/\(id)"), "nothing had come of it")
    let second = try open(3)
    #expect(second.received == 0)
    second.close()
  }

  @Test("An offer smaller than its partial file is refused, and the file is kept")
  func oversizedPartialFileIsRefusedAndKept() throws {
    try directory.write([1, 2, 3], to: "incoming/\(id)")
    let refusal = #expect(throws: Refusal.self) { try open(2) }
    #expect(refusal?.reason == .badSize)
    #expect(try received == 3)
    try open(3).close()
  }

  @Test("Discarding a transfer without a partial file succeeds")
  func discardOfMissingFileSucceeds() throws {
    #expect(try received == 0)
    try IncomingFile.discard(id, in: directory.data.incoming)
  }

  @Test("Discarding a transfer removes its partial file")
  func discardRemovesPartialFile() throws {
    try directory.write([1, 2, 3], to: "incoming/\(id)")
    try IncomingFile.discard(id, in: directory.data.incoming)
    #expect(!directory.exists("incoming/\(id)"))
    #expect(try received == 0)
  }
}
