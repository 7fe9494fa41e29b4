import GRDB
import XferHistory

// The meanings of SQLite's errors (https://sqlite.org/rescode.html).
extension HistoryFailure {
  /// Classifies an error of a transaction.
  ///
  /// SQLite reports EDQUOT as a failed write. Every other I/O error is uncertain, also on a full
  /// disk. SQLITE_IOERR_SHMSIZE occurs after the commit was written to the log, if the index of the
  /// log has no room to grow; the next recorder finds the commit in the log. After
  /// SQLITE_IOERR_FSYNC the state of the disk is unknown. The next recorder waits for room when it
  /// opens the history, so that it is not restarted repeatedly.
  init(_ error: any Error) {
    if let failure = error as? HistoryFailure {
      self = failure
      return
    }
    let cause = "\(error)"
    let database = error as? DatabaseError
    switch database?.resultCode {
    case .SQLITE_FULL: self = .full(cause)
    case .SQLITE_IOERR where database?.extendedResultCode == .SQLITE_IOERR_WRITE:
      self = .full(cause)
    case .SQLITE_IOERR: self = .uncertain(cause)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .held(cause)
    default: self = .other(cause)
    }
  }

  /// Classifies an error that occurred when the history at `path` was opened.
  init(opening path: String, _ error: any Error) {
    if let failure = error as? HistoryFailure {
      self = failure
      return
    }
    if HistoryFailure.isFullDisk(error) {
      self = .full("the history \"\(path)\" cannot be opened: the disk is full")
      return
    }
    switch (error as? DatabaseError)?.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self = .unusable(path, why: "is damaged or is not an SQLite database; restore a backup")
    case .SQLITE_CANTOPEN:
      self = .unusable(path, why: "cannot be opened; check that it exists and is readable")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = .held("the history \"\(path)\" is held by another program; stop that program")
    default: self = .unusable(path, why: "cannot be used: \(error)")
    }
  }

  /// The failure of a history for a reason that completes "the history … ".
  static func unusable(_ path: String, why: String) -> HistoryFailure {
    .unusable("the history \"\(path)\" \(why)")
  }

  /// Returns true if the disk has no room for the database, its write-ahead log or the index of
  /// that log (`-shm`). SQLite creates these files when it opens a database.
  private static func isFullDisk(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL
      || [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode)
  }
}
