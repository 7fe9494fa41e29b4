import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The sealed files in `incoming/`, as the recorder sees them: it holds them while it makes them
/// durable, in groups, and publishes them.
public struct SealedFiles: Sendable {
  /// From this many files on, one sync of the whole file system costs less than one for each.
  private static let group = 8

  /// A sealed file that nobody else can write to, as its lock is held.
  public struct Held: Sendable {
    let id: TransferID
    let file: FileDescriptor
    private let status: FileStatus

    init(_ id: TransferID, _ file: FileDescriptor, _ status: FileStatus) {
      (self.id, self.file, self.status) = (id, file, status)
    }

    public var identity: FileIdentity { status.identity }
    var size: Int64 { status.size }

    /// Throws where the name in `incoming/` has another file, or this one is not as it was when it was
    /// taken: the lock keeps this receiver's processes from it, and no others.
    func check(in incoming: Directory) throws {
      guard let now = try incoming.status(of: id.description), now.identity == status.identity,
        now.size == status.size, now.modified == status.modified
      else { throw BrokenSeal(id: id) }
    }

    /// Reads all of it again, from the disk as far as it is written back.
    public func digest() throws -> Digest {
      file.dropCache()
      let reader = try FollowingReader(file: file)
      reader.grow(to: try file.status().size)
      guard let digest = try reader.finish() else { throw UnfinishedDigest() }
      return try Digest(digest)
    }

    public func release() { try? file.close() }
  }

  private let incoming: Directory
  private let groupSync: GroupSync

  public init(_ data: DataDirectory, _ groupSync: GroupSync) {
    incoming = data.incoming
    self.groupSync = groupSync
  }

  /// Nil where it is not there.
  public func identity(of id: TransferID) throws -> FileIdentity? {
    try incoming.status(of: id.description)?.identity
  }

  /// Takes a sealed file; throws a refusal where it is not as it was sealed, as when another
  /// connection has begun to send the same transfer, and `BrokenSeal` where it is another file.
  public func hold(_ transfer: SealedTransfer) throws -> Held {
    try hold(transfer.incomingID, size: transfer.size, transfer.file)
  }

  func hold(_ id: TransferID, size: UInt64, _ sealed: FileIdentity? = nil) throws -> Held {
    let changed = Refusal(
      .unavailable, "the content is not as it was sealed; send it again", retryAfter: 1)
    guard let (file, status) = try openLocked(id) else { throw changed }
    do {
      guard UInt64(status.size) == size else { throw changed }
      guard sealed == nil || sealed == status.identity else { throw BrokenSeal(id: id) }
    } catch {
      try? file.close()
      throw error
    }
    return Held(id, file, status)
  }

  /// Nil where it is not there, or where somebody else holds it.
  private func openLocked(
    _ id: TransferID
  ) throws -> (file: FileDescriptor, status: FileStatus)? {
    do {
      // A network file system locks only what is open for writing (flock(2), NFS details).
      return try incoming.openLocked(id.description, O_RDWR)
    } catch  where error.errno == .noSuchFileOrDirectory {
      return nil
    }
  }

  /// Makes the content of these files durable, and the entries of all files in `incoming/`. Where
  /// that fails they are emptied: the kernel tells of a failed write-back once, and the next sync
  /// would succeed for what is not on disk (fsync(2)).
  public func sync(_ files: [Held]) throws {
    groupSync.isUnderWay(true)
    defer { groupSync.isUnderWay(false) }
    Failpoint.pass("recorder.syncing")
    do {
      try syncAll(files)
    } catch {
      empty(files)
      throw error
    }
  }

  /// Compares synced files with their digests, as they are on the disk: for what an earlier recorder may have
  /// synced in vain and died before it emptied it. A file without a digest is not believed.
  public func compare(_ files: [(held: Held, digest: Digest?)]) throws {
    let differing = try files.filter { try $0.digest == nil || $0.held.digest() != $0.digest }
    guard !differing.isEmpty else { return }
    empty(differing.map(\.held))
    throw Refusal(
      .unavailable, "the receiver's disk may have lost the content; send it again", retryAfter: 1)
  }

  private func empty(_ files: [Held]) {
    for held in files { try? IncomingFile.empty(held.id, in: incoming) }
  }

  private func syncAll(_ files: [Held]) throws {
    if files.count >= SealedFiles.group, groupSync.isTrusted() {
      return try syncGroup()
    }
    for held in files { try held.file.syncData() }
    try incoming.sync()
  }

  private func syncGroup() throws {
    do {
      try incoming.syncFileSystem()
    } catch {
      groupSync.distrust()
      throw error
    }
  }

  public func discard(_ id: TransferID) throws { try IncomingFile.discard(id, in: incoming) }
}
