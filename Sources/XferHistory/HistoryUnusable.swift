import GRDB

/// A history that cannot be used as it is: what is wrong and what to do. Nothing was changed in it.
public struct HistoryUnusable: Error, CustomStringConvertible, Sendable {
  public let description: String
  /// It may be usable later as it is: another program holds it, or its disk is full.
  public let isPassing: Bool

  init(_ path: String, _ why: String, isPassing: Bool = false) {
    description = "the history \"\(path)\" \(why)"
    self.isPassing = isPassing
  }

  init(_ path: String, _ error: any Error) {
    if HistoryUnusable.tellsOfFullDisk(error) {
      self.init(path, "cannot be opened: the disk is full", isPassing: true)
      return
    }
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self.init(path, "is damaged or is no SQLite database; put a backup in its place")
    case .SQLITE_CANTOPEN: self.init(path, "cannot be opened; is it there, and readable?")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(path, "is held by another program; end that one", isPassing: true)
    default: self.init(path, "cannot be used: \(error)")
    }
  }

  /// The database, its log, or the index of that, which SQLite makes as it opens them, have no room.
  private static func tellsOfFullDisk(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL
      || [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode)
  }
}
