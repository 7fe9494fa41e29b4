import GRDB

/// An error for a history that cannot be used as it is. Nothing was changed in the history.
package struct HistoryUnusable: Error, CustomStringConvertible, Sendable {
  /// The cause and, if known, the remedy, as one sentence.
  package let description: String
  /// True if the history may become usable without a change: another program holds it, or its disk
  /// is full.
  package let isPassing: Bool

  init(_ path: String, why: String, isPassing: Bool = false) {
    description = "the history \"\(path)\" \(why)"
    self.isPassing = isPassing
  }

  init(_ path: String, error: any Error) {
    if HistoryUnusable.isFullDisk(error) {
      self.init(path, why: "cannot be opened: the disk is full", isPassing: true)
      return
    }
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self.init(path, why: "is damaged or is not an SQLite database; restore a backup")
    case .SQLITE_CANTOPEN:
      self.init(path, why: "cannot be opened; check that it exists and is readable")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(path, why: "is held by another program; stop that program", isPassing: true)
    default: self.init(path, why: "cannot be used: \(error)")
    }
  }

  /// Returns true if the disk has no room for the database, its write-ahead log or the index of
  /// that log (`-shm`). SQLite creates these files when it opens a database.
  private static func isFullDisk(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL
      || [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode)
  }
}
