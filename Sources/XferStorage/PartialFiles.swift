import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// What broken transfers left in `incoming/`, and how long it is kept for a sender that comes back.
public struct PartialFiles: Sendable {
  private let incoming: Directory
  /// Nanoseconds since the last byte.
  private let keep: Int64
  /// The names of files that a row says are recorded: see the table in `DataDirectory`.
  private let recorded: Set<String>

  public init(_ data: DataDirectory, keepSeconds: Int, recorded: [TransferID] = []) {
    incoming = data.incoming
    keep = Int64(keepSeconds) * 1_000_000_000
    self.recorded = Set(recorded.map(\.description))
  }

  /// Removes what nobody has added to for too long and nobody holds now; returns how many files
  /// and bytes that were. Whatever else lies in the directory is left alone.
  public func expire(now: Timestamp = .now) throws -> (files: Int, bytes: Int64) {
    var (files, bytes) = (0, Int64(0))
    for name in try names() {
      guard let size = try expire(name, now) else { continue }
      files += 1
      bytes += size
    }
    return (files, bytes)
  }

  /// Removes all of them: for when their content cannot be believed, and nobody uses them.
  public func removeAll() throws -> Int {
    let names = try names()
    for name in names { try incoming.remove(name) }
    return names.count
  }

  private func names() throws -> [String] {
    try incoming.names().names.filter { TransferID(hex: $0) != nil && !recorded.contains($0) }
  }

  private func expire(_ name: String, _ now: Timestamp) throws -> Int64? {
    guard let status = try incoming.status(of: name), isTooOld(status, now),
      let locked = try incoming.openLocked(name, O_RDONLY)
    else { return nil }
    defer { try? locked.file.close() }
    guard isTooOld(locked.status, now) else { return nil }
    try incoming.remove(name)
    return status.size
  }

  private func isTooOld(_ status: FileStatus, _ now: Timestamp) -> Bool {
    status.isRegular && now.microseconds * 1000 - status.modified > keep
  }
}
