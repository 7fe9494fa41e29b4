import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A walk through `incoming/` in slices, so that no receipt waits for its end.
///
/// The walk removes partial files that were not resumed in time, empty files and sums files without
/// a partial file. It releases the space that dead sessions had reserved, and counts the partial
/// files of each client.
package final class PartialFiles {
  /// The partial files of one client.
  package struct Share: Equatable, Sendable {
    /// The number of partial files.
    package var files = 0
    /// The sum of their lengths.
    package var bytes: Int64 = 0
  }

  /// The number of bytes behind the end of a file that do not count as a reservation.
  private static let slack: Int64 = 1 << 20

  /// The age in nanoseconds after which an empty file is removed. A session fills or removes its
  /// file before.
  private static let emptyAge: Int64 = 60_000_000_000

  private let incoming: Directory
  /// The age in nanoseconds, since the last byte, after which a partial file is removed.
  private let keep: Int64
  /// The names of the files that rows name as recorded; see the table in `DataDirectory`.
  private let recorded: Set<String>
  private let entries: DirectoryStream

  /// The number of partial files that were removed.
  package private(set) var removedFiles = 0
  /// The sum of their lengths in bytes.
  package private(set) var removedBytes: Int64 = 0
  /// The number of reserved bytes that were released.
  package private(set) var releasedBytes: Int64 = 0
  /// The last error of an entry that could not be examined.
  package private(set) var failure: (any Error)?
  /// The shares by the client's key, complete at the end of the walk.
  package private(set) var shares: [String: Share] = [:]

  /// Starts a walk. Files named in `recorded` are left alone.
  package init(_ data: DataDirectory, keep: Duration, recorded: [TransferID] = []) throws {
    incoming = data.incoming
    self.keep = keep.nanoseconds
    self.recorded = Set(recorded.map(\.description))
    entries = try DirectoryStream(data.incoming)
  }

  /// Examines the next entries, at most `count`. Returns false at the end of the directory.
  package func walk(_ count: Int, now: Timestamp = .now) throws -> Bool {
    for _ in 0..<count {
      guard let name = try entries.next() else { return false }
      try tryToExamine(name, now: now)
    }
    return true
  }

  /// Removes all partial files and returns their number. Used after a power loss, when their
  /// content may be incomplete and no session uses them.
  package func removeAll() throws -> Int {
    var count = 0
    while let name = try entries.next() {
      let stem = name.hasSuffix(SumsFile.suffix) ? name.dropLast(SumsFile.suffix.count) : name[...]
      guard TransferID(hex: stem) != nil, !recorded.contains(String(stem)) else { continue }
      try incoming.remove(name)
      if stem.count == name.count { count += 1 }
    }
    return count
  }

  /// Examines an entry. An error is kept in `failure`, so that the walk goes on.
  private func tryToExamine(_ name: String, now: Timestamp) throws {
    do {
      try examine(name, now: now)
    } catch {
      failure = error
    }
  }

  private func examine(_ name: String, now: Timestamp) throws {
    if name.hasSuffix(SumsFile.suffix) { return try examineSums(name) }
    guard let id = TransferID(hex: name), !recorded.contains(name),
      let (file, status) = try lock(name)
    else { return }
    defer { try? file.close() }
    guard status.isRegular else { return }
    if isExpired(status, now: now) { return try remove(id, status: status) }
    try releaseReservation(of: file, status: status)
    count(id, status: status)
  }

  /// Returns true if the file is too old, has been empty for a minute, or is published under
  /// another name.
  private func isExpired(_ status: FileStatus, now: Timestamp) -> Bool {
    let age = now.microseconds * 1000 - status.modified
    return age > keep || status.links > 1
      || (status.size == 0 && age > PartialFiles.emptyAge)
  }

  /// Removes a sums file without a partial file. The process that published or removed that file
  /// has died before it could remove the sums.
  private func examineSums(_ name: String) throws {
    let stem = String(name.dropLast(SumsFile.suffix.count))
    guard TransferID(hex: stem) != nil, try incoming.status(of: stem) == nil else { return }
    try? incoming.remove(name)
  }

  private func remove(_ id: TransferID, status: FileStatus) throws {
    try IncomingFile.discard(id, in: incoming)
    removedFiles += 1
    removedBytes += status.size
  }

  /// Releases the space that is reserved behind the end of the file. The session that reserved it
  /// is dead, because no process holds the file.
  private func releaseReservation(of file: FileDescriptor, status: FileStatus) throws {
    guard status.allocated > status.size + PartialFiles.slack else { return }
    try file.truncate(to: status.size)
    releasedBytes += max(0, status.allocated - (try file.status().allocated))
  }

  /// Opens and locks a file. Returns nil if a session or the recorder holds it, or if it is gone.
  private func lock(_ name: String) throws -> (file: FileDescriptor, status: FileStatus)? {
    do {
      return try incoming.openLocked(name, O_RDWR)
    } catch  where error.errno == .noSuchFileOrDirectory {
      return nil
    }
  }

  /// Adds a partial file to the share of its client, as sessions do. An empty file is not counted:
  /// it is removed soon.
  private func count(_ id: TransferID, status: FileStatus) {
    guard status.size > 0, let header = SumsFile.header(of: id, in: incoming) else { return }
    shares[header.owner, default: Share()].files += 1
    shares[header.owner, default: Share()].bytes += status.size
  }
}
