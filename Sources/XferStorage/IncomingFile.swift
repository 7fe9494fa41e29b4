import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A file on its way in, from its first byte to the seal. One session owns it, by a lock.
public final class IncomingFile {
  /// Content is written back to the disk behind the writer in steps of this many bytes, so that
  /// the sync at the end of a large file has little left to do.
  private static let writebackStep: Int64 = 8 << 20

  private let file: FileDescriptor
  private let digest: ContentDigest
  public let size: Int64
  /// Bytes that are in: checked and written.
  public private(set) var received: Int64
  private var writtenBack: Int64
  private var isClosed = false

  /// Opens what is there of the transfer or begins it. Reserves room for what is to come.
  public init(_ id: TransferID, size: UInt64, in directory: Directory) throws {
    self.size = Int64(size)
    file = try directory.openFile(id.description, O_RDWR | O_CREAT, mode: 0o666)
    do {
      guard try file.tryLock() else {
        throw Refusal(.busy, "another connection sends this transfer now", retryAfter: 2)
      }
      received = try file.status().size
      guard received <= self.size else {
        throw Refusal(.badSize, "\(received) bytes are here of a file announced with \(size)")
      }
      writtenBack = received
      if self.size - received > WireLimits.content {
        try file.reserve(at: received, count: self.size - received)
      }
      digest = try ContentDigest(of: file, existing: received, size: self.size)
    } catch {
      try? file.close()
      throw error
    }
  }

  public var isWhole: Bool { received == size }

  /// How many bytes of a transfer are here; 0 where it never began.
  public static func received(_ id: TransferID, in directory: Directory) throws -> UInt64 {
    UInt64(try directory.status(of: id.description)?.size ?? 0)
  }

  /// Appends content whose checksum was right.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try file.writeAll(bytes, at: received)
    received += Int64(bytes.count)
    digest.grow(to: received, with: bytes)
    if received - writtenBack >= IncomingFile.writebackStep {
      file.startWriteback(at: writtenBack, count: Int(received - writtenBack))
      writtenBack = received
    }
  }

  /// The last step of a session: the content is whole; `sync` makes it durable here and now.
  public func seal(sync: Bool) throws -> Digest {
    precondition(isWhole)
    if sync { try file.syncData() }
    defer { close() }
    return try digest.finish()
  }

  /// Lets go of it; what is in stays, to be resumed.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    digest.stop()
    try? file.close()
  }

  deinit { close() }

  /// Removes what is in of a transfer that will not be resumed.
  public static func discard(_ id: TransferID, in directory: Directory) throws {
    do {
      try directory.remove(id.description)
    } catch  where error.errno == .noSuchFileOrDirectory {}
  }
}
