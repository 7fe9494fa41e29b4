import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("A sealed file is held while it is published")
struct SealedFilesTests {
  private let directory: TemporaryData
  private var files: SealedFiles { SealedFiles(directory.data, .trusted) }

  init() throws { directory = try TemporaryData() }

  private func transfer(size: UInt64) throws -> SealedTransfer {
    SealedTransfer(
      id: .random(), name: try FileName("f"), size: size, client: Client(address: "127.0.0.1"),
      wire: .native,
      startedAt: .now, digest: Digest(bytes: [UInt8](repeating: 0, count: 32)),
      isSynced: false)
  }

  /// Returns a transfer of that size, with a file that has the content.
  private func sealed(_ content: [UInt8], size: UInt64) throws -> SealedTransfer {
    let transfer = try transfer(size: size)
    try directory.write(content, to: "incoming/\(transfer.incomingID)")
    return transfer
  }

  private func open(_ transfer: SealedTransfer) throws -> IncomingFile? {
    try IncomingFile(transfer.incomingID, size: 100, in: directory.data.incoming)
  }

  @Test("A sealed file has an identity, and a missing one has none")
  func sealedFileHasIdentity() throws {
    #expect(try files.identity(of: sealed([1, 2], size: 2).incomingID) != nil)
    #expect(try files.identity(of: .random()) == nil)
  }

  /// `GroupOrderTests` shows by the system calls that the group is synced.
  @Test("A group of any size is held, synced and released", arguments: [1, 7, 8, 20])
  func groupIsHeldSyncedAndReleased(_ count: Int) throws {
    let transfers = try (0..<count).map { _ in try sealed([1], size: 1) }
    let held = try transfers.map(files.hold)
    try files.sync(held)
    for transfer in transfers { #expect(throws: Refusal.self) { try files.hold(transfer) } }
    for file in held { file.release() }
    for transfer in transfers { try files.hold(transfer).release() }
  }

  @Test("A sealed file cannot be opened for writing while it is held")
  func heldFileCannotBeOpened() throws {
    let transfer = try sealed([1], size: 1)
    let file = try files.hold(transfer)
    #expect(try open(transfer) == nil)
    file.release()
    #expect(try open(transfer) != nil)
  }

  @Test("A sealed file that is missing, has another size or has a writer cannot be held")
  func invalidSealedFileIsNotHeld() throws {
    #expect(throws: Refusal.self) { try files.hold(try transfer(size: 1)) }
    #expect(throws: Refusal.self) { try files.hold(try sealed([1], size: 2)) }
    let written = try sealed([1], size: 1)
    let writer = try #require(try open(written))
    #expect(throws: Refusal.self) { try files.hold(written) }
    writer.close()
  }

  @Test("The name in incoming/ depends on the id, the client's key, the name and the size")
  func incomingIDDependsOnOfferAndClient() throws {
    let id = TransferID.random()
    let (one, two) = (try FileName("a"), try FileName("b"))
    let client = Client(address: "10.0.0.1")
    let own = TransferID.incoming(id, from: client, as: one, size: 5)
    #expect(own == .incoming(id, from: client, as: one, size: 5))
    #expect(own != .incoming(id, from: Client(address: "10.0.0.2"), as: one, size: 5))
    #expect(own != .incoming(id, from: client, as: two, size: 5))
    let named = Client(address: "10.0.0.1", name: "cam-7")
    let moved = Client(address: "10.0.0.2", name: "cam-7")
    #expect(own != .incoming(id, from: named, as: one, size: 5))
    #expect(
      TransferID.incoming(id, from: named, as: one, size: 5)
        == .incoming(id, from: moved, as: one, size: 5))
    #expect(own != .incoming(id, from: client, as: one, size: 6))
  }

  @Test("A file keeps its identity when it is truncated or renamed, and a new file has another")
  func identitySurvivesRenameAndTruncation() throws {
    let transfer = try sealed([1], size: 1)
    let held = try files.hold(transfer)
    let identity = held.identity
    held.release()
    #expect(identity.born > Timestamp.now.microseconds * 1000 - 60_000_000_000)
    try IncomingFile.empty(transfer.incomingID, in: directory.data.incoming)
    #expect(try files.identity(of: transfer.incomingID) == identity)
    let names = PublishedFiles(directory.data).newNames()
    defer { names.close() }
    let published = PublishedFiles(directory.data)
    try directory.publish(transfer.incomingID, as: transfer.name, in: names)
    #expect(try published.identity(of: transfer.name) == identity)
    // The inode number is free now, and the next file may get it.
    try published.remove(transfer.name)
    #expect(try files.identity(of: try sealed([1], size: 1).incomingID) != identity)
  }

  @Test("Discarding a sealed file removes it")
  func discardRemovesSealedFile() throws {
    let transfer = try sealed([1], size: 1)
    try files.discard(transfer.incomingID)
    #expect(try files.identity(of: transfer.incomingID) == nil)
  }
}
