import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A file in `incoming/`, from its first byte to the seal. The process that holds its lock owns it:
/// a session until the seal, the recorder while it publishes.
///
/// Each block is verified by the CRC-32C that came with it. Content of earlier sessions is verified
/// again by the sums that were kept then. Content without sums is truncated and sent again.
package final class IncomingFile {
  /// The size up to which a file has no sums and is not kept, in bytes. A larger file has a sums
  /// file beside it while it is incomplete, and can be resumed.
  static let leastWithSums = Int64(WireLimits.eager)

  private let id: TransferID
  private let directory: Directory
  private let file: FileDescriptor
  private let isNew: Bool
  private let writer: ContentWriter
  private let digest: ContentDigest
  /// Nil if the session writes and hashes content itself.
  private let pipeline: ContentPipeline?
  /// The announced size in bytes.
  package let size: Int64
  /// The inode and its birth time.
  package let identity: FileIdentity
  /// The number of bytes received: verified, and written or about to be written.
  package private(set) var received: Int64
  /// The number of bytes that were in the file when it was opened, if sums are kept of it. All of
  /// them count in the share of the client, including those that the sums do not cover.
  package let found: Int64
  private var sums: KeptSums
  private var seal: Seal?
  private var isClosed = false
  /// The number of bytes still to come for which the file system has not reserved space.
  package private(set) var unreserved: Int64
  private var mayHoldReservation = false

  /// Opens or creates the file of a transfer and reserves space for the rest. Returns nil if
  /// another process holds the file.
  ///
  /// `owner` is the key of the client to which the partial file belongs. `admit` is called with the
  /// number of bytes to come before space is reserved for them, and throws if they do not fit.
  /// Throws a `Refusal` if the file is larger than `size`.
  package convenience init?(
    _ id: TransferID, size: UInt64, in directory: Directory, of owner: String = "",
    options: ContentOptions = ContentOptions(), through pipeline: ContentPipeline? = nil,
    admit: (Int64) throws -> Void = { _ in }
  ) throws {
    guard let opened = try OpenedPartial.open(id, in: directory) else { return nil }
    let sums = IncomingFile.validSums(of: opened, id: id, size: Int64(size), in: directory)
    try self.init(
      opened, id: id, size: Int64(size), in: directory, of: owner, sums: sums,
      options: options, through: pipeline, admit: admit)
  }

  /// The same for a transfer that starts again at offset 0: discards the content of earlier
  /// sessions.
  package static func startingOver(
    _ id: TransferID, size: UInt64, in directory: Directory, of owner: String = "",
    options: ContentOptions = ContentOptions(), admit: (Int64) throws -> Void = { _ in }
  ) throws -> IncomingFile? {
    guard let opened = try OpenedPartial.open(id, in: directory) else { return nil }
    return try IncomingFile(
      opened, id: id, size: Int64(size), in: directory, of: owner,
      sums: ContentSums(size: Int64(size)), options: options, through: nil, admit: admit)
  }

  /// Returns the sums of the content that can be resumed; sums of no content if there is none.
  private static func validSums(
    of opened: OpenedPartial, id: TransferID, size: Int64, in directory: Directory
  ) -> ContentSums {
    guard opened.length > 0, opened.length <= size,
      let sums = SumsFile.sums(of: id, size: size, in: directory)
    else { return ContentSums(size: size) }
    return sums.prefix(opened.length)
  }

  private init(
    _ opened: OpenedPartial, id: TransferID, size: Int64, in directory: Directory,
    of owner: String, sums: ContentSums, options: ContentOptions,
    through pipeline: ContentPipeline?, admit: (Int64) throws -> Void
  ) throws {
    self.id = id
    self.directory = directory
    (file, isNew, identity) = (opened.file, opened.isNew, opened.identity)
    self.size = size
    self.sums = KeptSums(
      sums, of: id, size: size, in: directory, owner: owner,
      isKept: options.isResumable && size > IncomingFile.leastWithSums)
    received = sums.length
    found = self.sums.isKept ? opened.length : 0
    unreserved = size - sums.length
    digest = ContentDigest(of: opened.file, options.digest, existing: sums)
    // A single block leaves nothing to overlap.
    let isStreamed = unreserved > WireLimits.content && !digest.rereads
    self.pipeline = isStreamed ? pipeline : nil
    writer =
      self.pipeline?.writer(of: opened.file, from: sums.length, options: options)
      ?? ContentWriter(opened.file, from: sums.length, options: options)
    do {
      try prepare(length: opened.length, admit: admit)
    } catch {
      close()
      throw error
    }
  }

  /// Truncates content that cannot be verified and reserves space for the rest. The free space is
  /// checked first, because a reservation that fails half-way has taken all of it on ext4.
  private func prepare(length: Int64, admit: (Int64) throws -> Void) throws {
    guard length <= size else {
      throw Refusal(
        .badSize, "the receiver has \(length) bytes of a file that was announced with \(size)")
    }
    if length > received { try file.truncate(to: received) }
    if received > 0 { file.dropCache() }  // it is verified as it is on disk
    try admit(unreserved)
    guard unreserved > WireLimits.content else { return }
    mayHoldReservation = true
    if try file.reserve(at: received, count: unreserved) { unreserved = 0 }
  }

  /// True if all bytes are received.
  package var isWhole: Bool { received == size }

  /// The number of bytes that are kept if the file is closed now.
  package var keepable: Int64 { sums.isKept ? received : 0 }

  /// Appends verified content with the CRC-32C `crc`. Throws the error of an earlier write, and
  /// `DamagedContent` if the content of earlier sessions is found to be damaged.
  package func append(_ bytes: UnsafeRawBufferPointer, crc: UInt32) throws {
    if let pipeline {
      // The hashing thread updates the digest, which has no reader here.
      if let failure = writer.failure { throw failure }
      try pipeline.pass(bytes, to: writer, hashing: digest)
    } else {
      try writer.write(bytes)
      digest.update(with: bytes)
      try digest.grow(to: writer.written)
    }
    sums.add(bytes, crc: crc)
    received += Int64(bytes.count)
    if received < size { sums.saveIfDue() }
  }

  /// Writes the sums file. Errors are ignored, because the only loss is that content without sums
  /// is sent again.
  package func save() { sums.save() }

  // MARK: The seal

  /// Sets the time of the last change of the content, in nanoseconds since 1970. Called right before
  /// the seal, because a write would change it.
  package func setModified(_ nanoseconds: Int64) throws {
    pipeline?.drain()
    try file.setModified(nanoseconds)
  }

  /// Starts the seal: the content is verified, and synced if `sync` is true. `sealed` returns the
  /// result.
  ///
  /// If the seal takes long, the `sealer` carries it out and wakes the session. Otherwise, and
  /// without a sealer, it is done when this returns.
  package func beginSeal(sync: Bool, by sealer: Sealer? = nil) throws {
    precondition(isWhole && seal == nil)
    pipeline?.drain()
    if let failure = writer.failure { throw failure }
    precondition(writer.written == size)
    if !sync { writer.startLastWriteback() }
    let seal = try Seal(file, digest, syncs: sync)
    self.seal = seal
    if let sealer, sealsLong(sync: sync) { sealer.carryOut(seal) } else { seal.run() }
  }

  /// Closes the file and returns the digest if the seal is done. Returns nil while it is not.
  /// Throws if the content is damaged, cannot be read or could not be synced; the caller then calls
  /// `giveUp`.
  package func sealed() throws -> Sealed? {
    guard let outcome = seal?.outcome else { return nil }
    switch outcome {
    case .success(let digest):
      close()
      return Sealed(digest: digest)
    case .failure(let error): throw error
    }
  }

  /// Seals the file, waits until that is done, and closes it. Returns nil if no digest is computed.
  package func seal(sync: Bool) throws -> Digest? {
    defer { close() }
    do {
      try beginSeal(sync: sync)
      return try sealed()?.digest
    } catch {
      giveUp(error)
      throw error
    }
  }

  /// Returns true if the seal takes so long that a `Sealer` should carry it out.
  package func sealsLong(sync: Bool) -> Bool { sync || digest.rereads }

  /// The progress of the verification.
  package var verification: Progress {
    Progress(done: UInt64(digest.position ?? size), total: UInt64(size))
  }

  /// Truncates the content that this error makes invalid: all of it after a failed sync, the rest
  /// behind damaged content. Other errors leave the file as it is.
  package func giveUp(_ error: any Error) {
    if isClosed { return }
    switch error {
    case is FailedSync: truncate(to: 0)
    case let damage as DamagedContent: truncate(to: damage.goodUpTo)
    default: break
    }
  }

  private func truncate(to end: Int64) {
    stopThreads()
    try? file.truncate(to: end)
    sums.truncate(to: end)
    sums.removeFile()
    (received, wasTruncated) = (sums.length, true)
    save()
  }

  private var wasTruncated = false

  // MARK: Closing

  /// The first error of a write; nil if there was none. No call may have thrown it yet.
  package var failure: (any Error)? { writer.failure }

  /// Releases the file. Later calls have no effect.
  ///
  /// With `keeping`, a file that is not sealed stays to be resumed. Without it, and if the file is
  /// empty and this process created it, the file is removed.
  package func close(keeping keeps: Bool = true) {
    guard !isClosed else { return }
    isClosed = true
    stopThreads()
    if !wasTruncated { received = min(received, writer.written) }
    if !isSealed || !keeps { keepOrRemove(keeps) }
    sums.close()
    try? file.close()
  }

  private var isSealed: Bool {
    if case .success? = seal?.outcome { true } else { false }
  }

  private func keepOrRemove(_ keeps: Bool) {
    let isUsable = keeps && (received > 0 && sums.isKept || size == 0)
    if !isUsable, isNew {
      try? IncomingFile.discard(id, in: directory)
    } else if !keeps {
      // A row may name a file that this process did not create.
      try? file.truncate(to: 0)
      sums.removeFile()
    } else {
      if mayHoldReservation || failure != nil { try? file.truncate(to: received) }
      sums.truncate(to: received)
      save()
    }
  }

  private func stopThreads() {
    pipeline?.drain()
    if let seal { seal.cancel() } else { digest.stop() }
  }

  deinit { close() }

  /// Truncates a file with invalid content. The file itself stays, because `Recovery` takes the
  /// absence of a recorded file for a sign that it was published.
  package static func empty(_ id: TransferID, in directory: Directory) throws {
    try directory.openFile(id.description, O_WRONLY | O_TRUNC).close()
  }

  /// Removes the file of a transfer that will not be resumed, and its sums file. Must not be called
  /// while a row of the transfer says "recorded". Does nothing if there is no file.
  package static func discard(_ id: TransferID, in directory: Directory) throws {
    SumsFile.remove(id, in: directory)
    do {
      try directory.remove(id.description)
    } catch  where error.errno == .noSuchFileOrDirectory {}
  }
}
