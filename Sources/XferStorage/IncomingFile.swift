import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A file on its way in, from its first byte to the seal. Whoever holds its lock owns it: a session
/// until the seal, the recorder while it publishes.
public final class IncomingFile {
  private let file: FileDescriptor
  private let writer: ContentWriter
  /// Nil where none is wanted.
  private let digest: ContentDigest?
  /// Nil where content is written and hashed at once.
  private let pipeline: ContentPipeline?
  public let size: Int64
  /// Bytes that are in: checked, and written or about to be.
  public private(set) var received: Int64
  private var isClosed = false
  /// Bytes to come that the disk does not show as taken.
  public private(set) var unreserved: Int64
  private var isReserved = false

  /// Opens what is there of the transfer or begins it, and reserves room for what is to come; nil
  /// where another process holds it.
  public convenience init?(
    _ id: TransferID, size: UInt64, in directory: Directory, _ care: ContentCare = ContentCare(),
    through pipeline: ContentPipeline? = nil
  ) throws {
    guard let (file, status) = try IncomingFile.open(id, in: directory) else { return nil }
    try self.init(file, size, care, pipeline) { status.size }
  }

  /// The same for a sender that sends all of it again, whatever is here: a part of it is removed.
  public static func anew(
    _ id: TransferID, size: UInt64, in directory: Directory, _ care: ContentCare = ContentCare()
  ) throws -> IncomingFile? {
    guard let (file, status) = try open(id, in: directory) else { return nil }
    return try IncomingFile(file, size, care, nil) {
      let length = status.size
      // A file that is shortened to nothing is written back by ext4 when it is closed, one by one.
      guard length > 0, length < Int64(size) else { return length }
      try file.truncate(to: 0)
      return 0
    }
  }

  private static func open(
    _ id: TransferID, in directory: Directory
  ) throws -> (file: FileDescriptor, status: FileStatus)? {
    try directory.openLocked(id.description, O_RDWR | O_CREAT, mode: 0o666)
  }

  private init(
    _ file: FileDescriptor, _ size: UInt64, _ care: ContentCare, _ pipeline: ContentPipeline?,
    length: () throws -> Int64
  ) throws {
    self.file = file
    self.size = Int64(size)
    do {
      received = try length()
      guard received <= self.size else {
        throw Refusal(.badSize, "\(received) bytes are here of a file announced with \(size)")
      }
      unreserved = self.size - received
      if unreserved > WireLimits.content, try file.reserve(at: received, count: unreserved) {
        unreserved = 0
        isReserved = true
      }
      digest = care.digest == .none ? nil : ContentDigest(of: file, existing: received)
      // What is there of a resumed file must be read again for its digest, which takes longer than a
      // sender would wait; and for a single block nobody is needed beside the session.
      let isStreamed = self.size - received > WireLimits.content && (received == 0 || digest == nil)
      self.pipeline = isStreamed ? pipeline : nil
      writer =
        self.pipeline?.writer(of: file, from: received, care)
        ?? ContentWriter(file, from: received, care)
    } catch {
      try? file.close()
      throw error
    }
  }

  public var isWhole: Bool { received == size }

  /// Appends content whose checksum was right.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    if let pipeline {
      if let failure = writer.failure { throw failure }
      try pipeline.pass(bytes, to: writer, digest)
    } else {
      try writer.write(bytes)
      digest?.update(with: bytes)
      try digest?.grow(to: writer.written)
    }
    received += Int64(bytes.count)
  }

  /// The last step of a session: the content is whole; `sync` makes it durable here and now. Where that
  /// fails the content is thrown away: the kernel tells of a failed write-back once and calls the pages
  /// clean, and the next sync would succeed for what is not on disk (fsync(2)).
  public func seal(sync: Bool) throws -> Digest? {
    precondition(isWhole)
    defer { close() }
    pipeline?.drain()
    if let failure = writer.failure { throw failure }
    precondition(writer.written == size)
    do {
      if sync { try file.syncData() } else { writer.startLastWriteback() }
      return try digest?.finish()
    } catch {
      try? file.truncate(to: 0)
      throw error
    }
  }

  /// Gives back what was reserved and not written, as where the transfer is refused after all, and
  /// what a write that failed may have left behind the last that did not.
  public func unreserve() { try? file.truncate(to: writer.written) }

  /// What a write threw, which nobody may have met yet.
  public var failure: (any Error)? { writer.failure }

  /// Lets go of it; what is in stays, to be resumed.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    pipeline?.drain()
    digest?.stop()
    received = writer.written
    if received < size, isReserved || failure != nil { unreserve() }
    try? file.close()
  }

  deinit { close() }

  /// Throws away content that cannot be believed. The file stays: that there is none tells `Recovery`
  /// that a recorded transfer has got its name.
  public static func empty(_ id: TransferID, in directory: Directory) throws {
    try directory.openFile(id.description, O_WRONLY | O_TRUNC).close()
  }

  /// Removes what is in of a transfer that will not be resumed. Never while a row says "recorded".
  public static func discard(_ id: TransferID, in directory: Directory) throws {
    do {
      try directory.remove(id.description)
    } catch  where error.errno == .noSuchFileOrDirectory {}
  }
}
