import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("Sealed files")
struct SealedFilesTests {
  private let directory: TemporaryData
  private var files: SealedFiles { SealedFiles(directory.data) }

  init() throws { directory = try TemporaryData() }

  private func transfer(_ id: TransferID, size: UInt64) throws -> SealedTransfer {
    SealedTransfer(
      id: id, name: try FileName("f"), size: size, clientIP: "127.0.0.1", wire: .native,
      startedAt: .now, digest: try #require(Digest(bytes: [UInt8](repeating: 0, count: 32))),
      isSynced: false)
  }

  @Test("What is sealed is there, and what is not is not")
  func presence() throws {
    #expect(try files.isThere(directory.sealed([1, 2])))
    #expect(try !files.isThere(.random()))
  }

  @Test("A group of any size can be held and synced", arguments: [1, 7, 8, 20])
  func sync(_ count: Int) throws {
    let held = try (0..<count).map { _ in
      try files.hold(try transfer(try directory.sealed([1]), size: 1))
    }
    try files.sync(held)
    for file in held { file.release() }
  }

  @Test("Nobody can add to a sealed file while it is held")
  func held() throws {
    let id = try directory.sealed([1])
    let file = try files.hold(try transfer(id, size: 1))
    #expect(try IncomingFile(id, size: 100, in: directory.data.incoming) == nil)
    file.release()
    #expect(try IncomingFile(id, size: 100, in: directory.data.incoming) != nil)
  }

  @Test("A sealed file that is gone, has another length or is being written is not held")
  func changed() throws {
    #expect(throws: Refusal.self) { try files.hold(try transfer(.random(), size: 1)) }
    let id = try directory.sealed([1])
    #expect(throws: Refusal.self) { try files.hold(try transfer(id, size: 2)) }
    let writer = try #require(try IncomingFile(id, size: 100, in: directory.data.incoming))
    #expect(throws: Refusal.self) { try files.hold(try transfer(id, size: 1)) }
    writer.close()
  }

  @Test("What is discarded is gone")
  func discard() throws {
    let id = try directory.sealed([1])
    try files.discard(id)
    #expect(try !files.isThere(id))
  }
}
