import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A walk through `incoming/`, slice by slice, so that nothing waits for its end. It removes broken transfers that
/// were not resumed for too long and what has no use any more, gives back room that dead sessions reserved, and
/// counts what is kept for each client.
public final class PartialFiles {
  /// What is kept for a client.
  public struct Share: Equatable, Sendable {
    public var files = 0
    public var bytes: Int64 = 0
  }

  /// Bytes behind the end of a file that are not taken for a reservation.
  private static let slack: Int64 = 1 << 20

  /// Nanoseconds: a session that has made a file fills it or removes it before.
  private static let emptyAge: Int64 = 60_000_000_000

  private let incoming: Directory
  /// Nanoseconds since the last byte.
  private let keep: Int64
  /// The names of files that a row says are recorded: see the table in `DataDirectory`.
  private let recorded: Set<String>
  private let entries: DirectoryStream

  /// What was removed, and what was given back.
  public private(set) var removedFiles = 0
  public private(set) var removedBytes: Int64 = 0
  public private(set) var releasedBytes: Int64 = 0
  /// The last error of an entry that could not be looked at.
  public private(set) var failure: (any Error)?
  /// By the client's address; complete at the end of the walk.
  public private(set) var shares: [String: Share] = [:]

  public init(_ data: DataDirectory, keepSeconds: Int, recorded: [TransferID] = []) throws {
    incoming = data.incoming
    keep = Int64(keepSeconds) * 1_000_000_000
    self.recorded = Set(recorded.map(\.description))
    entries = try DirectoryStream(data.incoming)
  }

  /// Looks at the next entries, at most `count`; false at the end of the directory.
  public func walk(_ count: Int, now: Timestamp = .now) throws -> Bool {
    for _ in 0..<count {
      guard let name = try entries.next() else { return false }
      try look(at: name, now)
    }
    return true
  }

  /// Removes all partial files: for when their content cannot be believed, and no session uses them.
  public func removeAll() throws -> Int {
    var count = 0
    while let name = try entries.next() {
      let stem = name.hasSuffix(SumsFile.suffix) ? name.dropLast(SumsFile.suffix.count) : name[...]
      guard TransferID(hex: stem) != nil, !recorded.contains(String(stem)) else { continue }
      try incoming.remove(name)
      if stem.count == name.count { count += 1 }
    }
    return count
  }

  /// An entry that cannot be looked at does not keep the others from it.
  private func look(at name: String, _ now: Timestamp) throws {
    do {
      try examine(name, now)
    } catch {
      failure = error
    }
  }

  private func examine(_ name: String, _ now: Timestamp) throws {
    if name.hasSuffix(SumsFile.suffix) { return try lookAtSums(name) }
    guard let id = TransferID(hex: name), !recorded.contains(name),
      let (file, status) = try locked(name)
    else { return }
    defer { try? file.close() }
    guard status.isRegular else { return }
    if isOver(status, now) { return try remove(id, status) }
    try release(file, status)
    count(id, status)
  }

  /// Too old, empty since a minute, or published under another name.
  private func isOver(_ status: FileStatus, _ now: Timestamp) -> Bool {
    let age = now.microseconds * 1000 - status.modified
    return age > keep || status.links > 1
      || (status.size == 0 && age > PartialFiles.emptyAge)
  }

  /// Sums without a file are of no use: the file was published or removed by a process that died then.
  private func lookAtSums(_ name: String) throws {
    let stem = String(name.dropLast(SumsFile.suffix.count))
    guard TransferID(hex: stem) != nil, try incoming.status(of: stem) == nil else { return }
    try? incoming.remove(name)
  }

  private func remove(_ id: TransferID, _ status: FileStatus) throws {
    try IncomingFile.discard(id, in: incoming)
    removedFiles += 1
    removedBytes += status.size
  }

  /// Room that is reserved behind the end belongs to a session; none holds the file, so that one is dead.
  private func release(_ file: FileDescriptor, _ status: FileStatus) throws {
    guard status.allocated > status.size + PartialFiles.slack else { return }
    try file.truncate(to: status.size)
    releasedBytes += max(0, status.allocated - (try file.status().allocated))
  }

  /// Nil where a session or the recorder holds it, or where it is gone.
  private func locked(_ name: String) throws -> (file: FileDescriptor, status: FileStatus)? {
    do {
      return try incoming.openLocked(name, O_RDWR)
    } catch  where error.errno == .noSuchFileOrDirectory {
      return nil
    }
  }

  /// As sessions count: an empty one goes soon.
  private func count(_ id: TransferID, _ status: FileStatus) {
    guard status.size > 0, let header = SumsFile.header(of: id, in: incoming) else { return }
    shares[header.client, default: Share()].files += 1
    shares[header.client, default: Share()].bytes += status.size
  }
}
