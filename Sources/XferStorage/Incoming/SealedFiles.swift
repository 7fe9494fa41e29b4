import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The sealed files in `incoming/`, as the recorder uses them. It holds the files of a group while
/// it syncs and publishes them.
package struct SealedFiles: Sendable {
  /// The number of files from which one sync of the file system costs less than one for each file.
  private static let group = 8

  /// A sealed file that this process has locked, so that no session writes to it.
  package struct Held: Sendable {
    let id: TransferID
    let file: FileDescriptor
    private let status: FileStatus

    init(_ id: TransferID, _ file: FileDescriptor, _ status: FileStatus) {
      (self.id, self.file, self.status) = (id, file, status)
    }

    /// The inode of the file.
    package var identity: FileIdentity { status.identity }
    var size: Int64 { status.size }

    /// Throws `BrokenSeal` if the name in `incoming/` now has another file, or if this file has
    /// changed since it was opened. The lock excludes the processes of this receiver, and no other
    /// programs.
    func check(in incoming: Directory) throws {
      guard let now = try incoming.status(of: id.description), now.identity == status.identity,
        now.size == status.size, now.modified == status.modified
      else { throw BrokenSeal(id: id) }
    }

    /// Sets the permission bits. A file that has them already is not written to. The receiver can
    /// always read the file, so that it can verify it.
    func setMode(_ mode: UInt32) throws {
      let mode = mode & 0o777 | 0o400
      if status.mode != mode { try file.setMode(mode) }
    }

    /// Reads the whole file again and returns its digest. Content that is written back is read from
    /// the disk, not from the page cache.
    package func digest() throws -> Digest {
      file.dropCache()
      let reader = try FollowingReader(file: file)
      reader.grow(to: try file.status().size)
      guard let digest = try reader.finish() else { throw UnfinishedDigest() }
      return Digest(digest)
    }

    /// Closes the file, which releases its lock.
    package func release() { try? file.close() }
  }

  private let incoming: Directory
  private let groupSync: GroupSync

  /// Creates the files of a data directory; `groupSync` outlives this recorder.
  package init(_ data: DataDirectory, _ groupSync: GroupSync) {
    incoming = data.incoming
    self.groupSync = groupSync
  }

  /// Returns the inode of a sealed file; nil if there is no such file.
  package func identity(of id: TransferID) throws -> FileIdentity? {
    try incoming.status(of: id.description)?.identity
  }

  /// Opens and locks a sealed file. Throws a `Refusal` if the file has changed since it was sealed,
  /// for example because another connection has started to send the same transfer. Throws
  /// `BrokenSeal` if it is another file.
  package func hold(_ transfer: SealedTransfer) throws -> Held {
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

  /// Returns nil if there is no such file, or if another process holds it.
  private func openLocked(
    _ id: TransferID
  ) throws -> (file: FileDescriptor, status: FileStatus)? {
    do {
      // NFS grants an exclusive lock only for a file that is open for writing (flock(2)).
      return try incoming.openLocked(id.description, O_RDWR)
    } catch {
      switch error.errno {
      case .noSuchFileOrDirectory: return nil
      case .permissionDenied:
        // A recorder died between the mode of the file and its rename.
        try incoming.setMode(0o600, of: id.description)
        return try incoming.openLocked(id.description, O_RDWR)
      default: throw error
      }
    }
  }

  /// Syncs the content of these files and the entries of `incoming/`. Truncates the files if that
  /// fails, because the kernel reports a write-back error once, and the next sync would succeed
  /// although content is not on disk (fsync(2)).
  package func sync(_ files: [Held]) throws {
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

  /// Compares files on the disk with their digests. An earlier recorder may have died after their
  /// sync failed and before it truncated them. Truncates the files that differ or have no digest,
  /// and throws a `Refusal` if there are any.
  package func compare(_ files: [(held: Held, digest: Digest?)]) throws {
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
    // The times and modes of files become durable with their names, by the syncs of directories: the
    // file system writes its metadata in the order of their changes.
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

  /// Removes a sealed file and its sums file. See `IncomingFile.discard`.
  package func discard(_ id: TransferID) throws { try IncomingFile.discard(id, in: incoming) }
}
