import GRDB

// The meanings of SQLite's errors (https://sqlite.org/rescode.html) for the recorder.
extension HistoryWriter {
  /// Returns true if the disk or the quota is full and nothing was written. SQLite reports EDQUOT
  /// as a failed write.
  package func isFull(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_WRITE
  }

  /// Returns true if another program holds the database and nothing was written.
  package func isHeld(_ error: any Error) -> Bool {
    let result = (error as? DatabaseError)?.resultCode
    return result == .SQLITE_BUSY || result == .SQLITE_LOCKED
  }

  /// Returns true if a retry may succeed later, when the disk has room or no other program holds
  /// the database.
  package func isPassing(_ error: any Error) -> Bool { isFull(error) || isHeld(error) }

  /// Returns true if the transaction may or may not have been committed. Only the next process that
  /// opens the database finds out.
  ///
  /// This applies to every other I/O error, also on a full disk. SQLITE_IOERR_SHMSIZE occurs after
  /// the commit was written to the log, if the index of the log has no room to grow; the next
  /// recorder finds the commit in the log. After SQLITE_IOERR_FSYNC the state of the disk is
  /// unknown. The next recorder waits for room when it opens the history (see
  /// `HistoryUnusable.isPassing`), so that it is not restarted repeatedly.
  package func isUncertain(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_IOERR && !isFull(error)
  }
}
