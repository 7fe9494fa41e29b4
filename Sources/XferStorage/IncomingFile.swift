import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A file on its way in, from its first byte to the seal. The process that holds its lock owns it: a session
/// until the seal, the recorder while it publishes.
///
/// Content is verified twice: by the CRC-32C with which it came, and, where an earlier session brought it, by
/// the sums that were kept then. What has no sums is not believed and begins anew.
public final class IncomingFile {
  /// A file of more bytes has its sums beside it while it is not whole, and can be resumed.
  static let leastWithSums = Int64(WireLimits.eager)
  /// Sums are written after so many bytes: a session that is killed loses no more.
  private static let unsavedLimit: Int64 = 8 << 20
  /// Nanoseconds: of a slow sender, no more than it has sent in this time.
  private static let unsavedTime: Int64 = 2_000_000_000

  private let id: TransferID
  private let directory: Directory
  private let client: String
  private let file: FileDescriptor
  private let isNew: Bool
  private let writer: ContentWriter
  private let digest: ContentDigest
  /// Nil where content is written and hashed at once.
  private let pipeline: ContentPipeline?
  public let size: Int64
  public let identity: FileIdentity
  /// Bytes that are in: checked, and written or about to be.
  public private(set) var received: Int64
  /// Bytes that lay here, of which sums may be kept: they count in the share of their client, and some of them
  /// may not be believed.
  public let found: Int64
  private var sums: ContentSums
  private var sumsFile: SumsFile?
  private var savedLength: Int64
  private var savedAt = monotonicNanoseconds()
  private let hasSums: Bool
  private var seal: Seal?
  private var isClosed = false
  /// Bytes to come that the disk does not show as taken.
  public private(set) var unreserved: Int64
  private var mayHoldRoom = false

  /// Opens what is there of the transfer or begins it, and reserves room for what is to come; nil
  /// where another process holds it. `admit` is called with the bytes to come before room is reserved for them,
  /// and throws where they do not fit. `client` is the address that the partial file belongs to.
  public convenience init?(
    _ id: TransferID, size: UInt64, in directory: Directory, of client: String = "",
    _ care: ContentCare = ContentCare(), through pipeline: ContentPipeline? = nil,
    admit: (Int64) throws -> Void = { _ in }
  ) throws {
    guard let opened = try OpenedPartial.open(id, in: directory) else { return nil }
    let sums = IncomingFile.believed(opened, id, Int64(size), directory)
    try self.init(opened, id, Int64(size), directory, client, sums, care, pipeline, admit)
  }

  /// The same for a sender that sends all of it again, whatever is here.
  public static func anew(
    _ id: TransferID, size: UInt64, in directory: Directory, of client: String = "",
    _ care: ContentCare = ContentCare(), admit: (Int64) throws -> Void = { _ in }
  ) throws -> IncomingFile? {
    guard let opened = try OpenedPartial.open(id, in: directory) else { return nil }
    let sums = ContentSums(size: Int64(size))
    return try IncomingFile(opened, id, Int64(size), directory, client, sums, care, nil, admit)
  }

  /// The sums of what can be resumed.
  private static func believed(
    _ opened: OpenedPartial, _ id: TransferID, _ size: Int64, _ directory: Directory
  ) -> ContentSums {
    guard opened.length > 0, opened.length <= size,
      let sums = SumsFile.sums(of: id, size: size, in: directory)
    else { return ContentSums(size: size) }
    return sums.prefix(opened.length)
  }

  private init(
    _ opened: OpenedPartial, _ id: TransferID, _ size: Int64, _ directory: Directory,
    _ client: String, _ sums: ContentSums, _ care: ContentCare, _ pipeline: ContentPipeline?,
    _ admit: (Int64) throws -> Void
  ) throws {
    self.id = id
    self.directory = directory
    self.client = client
    (file, isNew, identity) = (opened.file, opened.isNew, opened.identity)
    self.size = size
    self.sums = sums
    received = sums.length
    savedLength = sums.length
    hasSums = care.isResumable && size > IncomingFile.leastWithSums
    found = hasSums ? opened.length : 0
    unreserved = size - sums.length
    digest = ContentDigest(of: opened.file, care.digest, existing: sums)
    // For a single block nothing is needed beside the session.
    let isStreamed = unreserved > WireLimits.content && !digest.rereads
    self.pipeline = isStreamed ? pipeline : nil
    writer =
      self.pipeline?.writer(of: opened.file, from: sums.length, care)
      ?? ContentWriter(opened.file, from: sums.length, care)
    do {
      try prepare(opened.length, admit)
    } catch {
      close()
      throw error
    }
  }

  /// Cuts off what is not believed and reserves room. The room is looked at before it is reserved: a
  /// reservation that fails half-way, as on ext4, has taken all of it from the others.
  private func prepare(_ length: Int64, _ admit: (Int64) throws -> Void) throws {
    guard length <= size else {
      throw Refusal(.badSize, "\(length) bytes are here of a file announced with \(size)")
    }
    if length > received { try file.truncate(to: received) }
    if received > 0 { file.dropCache() }  // it is verified as it is on the disk
    try admit(unreserved)
    guard unreserved > WireLimits.content else { return }
    mayHoldRoom = true
    if try file.reserve(at: received, count: unreserved) { unreserved = 0 }
  }

  public var isWhole: Bool { received == size }

  /// Bytes that are kept when it is closed now.
  public var keepable: Int64 { hasSums ? received : 0 }

  /// Appends content whose CRC-32C is `crc`. Throws `DamagedContent` where what was here before is found to
  /// be damaged, and what a write has thrown.
  public func append(_ bytes: UnsafeRawBufferPointer, crc: UInt32) throws {
    if let pipeline {
      if let failure = writer.failure { throw failure }
      try digest.grow(to: received)
      try pipeline.pass(bytes, to: writer, digest.rereads ? nil : digest)
    } else {
      try writer.write(bytes)
      digest.update(with: bytes)
      try digest.grow(to: writer.written)
    }
    sums.add(bytes, crc: crc)
    received += Int64(bytes.count)
    if hasSums, received < size, isSaveDue { save() }
  }

  private var isSaveDue: Bool {
    received - savedLength >= IncomingFile.unsavedLimit
      || monotonicNanoseconds() - savedAt >= IncomingFile.unsavedTime
  }

  // MARK: Sums

  /// Writes the sums of what is in beside it. A failure costs no more than that the rest is sent again.
  public func save() {
    guard hasSums, received > savedLength else { return }
    savedAt = monotonicNanoseconds()
    do {
      var file = try sumsFile ?? SumsFile(id, in: directory)
      defer { sumsFile = file }
      try file.write(sums, size: size, client: client)
      savedLength = received
    } catch {
      sumsFile?.close()
      sumsFile = nil
    }
  }

  // MARK: The seal

  /// Begins the last step of a session: the content is verified, and `sync` makes it durable here. Where that
  /// takes long, the `sealer` does it and wakes the session; `sealed` tells what came of it. Without one it is
  /// done when this returns.
  public func beginSeal(sync: Bool, by sealer: Sealer? = nil) throws {
    precondition(isWhole && seal == nil)
    pipeline?.drain()
    if let failure = writer.failure { throw failure }
    precondition(writer.written == size)
    if !sync { writer.startLastWriteback() }
    let seal = try Seal(file, digest, syncs: sync)
    self.seal = seal
    if let sealer, sealsLong(sync: sync) { sealer.carryOut(seal) } else { seal.run() }
  }

  /// The digest; nil while the seal is not done. The file is closed then. Throws where the content cannot be
  /// believed or read, which is for `giveUp`.
  public func sealed() throws -> Sealed? {
    guard let outcome = seal?.outcome else { return nil }
    switch outcome {
    case .success(let digest):
      close()
      return Sealed(digest: digest)
    case .failure(let error): throw error
    }
  }

  /// Seals and waits until it is done.
  public func seal(sync: Bool) throws -> Digest? {
    defer { close() }
    do {
      try beginSeal(sync: sync)
      return try sealed()?.digest
    } catch {
      giveUp(error)
      throw error
    }
  }

  /// Whether the seal takes so long that a `Sealer` should do it.
  public func sealsLong(sync: Bool) -> Bool { sync || digest.rereads }

  /// How far the content is verified.
  public var verification: Progress {
    Progress(done: UInt64(digest.position ?? size), total: UInt64(size))
  }

  /// Cuts off what cannot be believed after this error.
  public func giveUp(_ error: any Error) {
    if isClosed { return }
    switch error {
    case is FailedSync: cut(to: 0)
    case let damage as DamagedContent: cut(to: damage.goodUpTo)
    default: break
    }
  }

  private func cut(to end: Int64) {
    stopThreads()
    try? file.truncate(to: end)
    sums = sums.prefix(end)
    sumsFile?.close()
    sumsFile = nil
    SumsFile.remove(id, in: directory)
    (received, savedLength, wasCut) = (sums.length, 0, true)
    save()
  }

  private var wasCut = false

  // MARK: Closing

  /// An error of a write that no call has thrown yet.
  public var failure: (any Error)? { writer.failure }

  /// Lets go of the file. With `keeping`, what is in stays to be resumed; without it, and where nothing is in of
  /// a file that was made here, the file goes.
  public func close(keeping keeps: Bool = true) {
    guard !isClosed else { return }
    isClosed = true
    stopThreads()
    if !wasCut { received = min(received, writer.written) }
    if !isSealed || !keeps { settle(keeps) }
    sumsFile?.close()
    try? file.close()
  }

  private var isSealed: Bool {
    if case .success? = seal?.outcome { true } else { false }
  }

  private func settle(_ keeps: Bool) {
    let isOfUse = keeps && (received > 0 && hasSums || size == 0)
    if !isOfUse, isNew {
      try? IncomingFile.discard(id, in: directory)
    } else if !keeps {
      // A row may name a file that was here before.
      try? file.truncate(to: 0)
      SumsFile.remove(id, in: directory)
    } else {
      if mayHoldRoom || failure != nil { try? file.truncate(to: received) }
      sums = sums.prefix(received)
      save()
    }
  }

  private func stopThreads() {
    pipeline?.drain()
    if let seal { seal.cancel() } else { digest.stop() }
  }

  deinit { close() }

  /// Throws away content that cannot be believed. The file stays: that there is none tells `Recovery`
  /// that a recorded transfer has got its name.
  public static func empty(_ id: TransferID, in directory: Directory) throws {
    try directory.openFile(id.description, O_WRONLY | O_TRUNC).close()
  }

  /// Removes what is in of a transfer that will not be resumed. Never while a row says "recorded".
  public static func discard(_ id: TransferID, in directory: Directory) throws {
    SumsFile.remove(id, in: directory)
    do {
      try directory.remove(id.description)
    } catch  where error.errno == .noSuchFileOrDirectory {}
  }
}

/// A file that was sealed; nil where no digest is taken.
public struct Sealed: Sendable {
  public let digest: Digest?
}
