import GRDB

/// What an error of SQLite means to the recorder.
extension HistoryWriter {
  /// The disk, or the quota, is full, and nothing was written: SQLite tells EDQUOT as a failed write.
  public func isFull(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_WRITE
  }

  /// Another program holds the database: nothing was written.
  public func isHeld(_ error: any Error) -> Bool {
    let result = (error as? DatabaseError)?.resultCode
    return result == .SQLITE_BUSY || result == .SQLITE_LOCKED
  }

  /// Whether the same may go well later: there will be room, or nobody else will hold the database.
  public func isPassing(_ error: any Error) -> Bool { isFull(error) || isHeld(error) }

  /// Whether it cannot be told what has been written: who opens the database next will know.
  ///
  /// So it is with each other failure of input and output, on a full disk, too. SQLITE_IOERR_SHMSIZE comes behind
  /// the commit in the log, where the index of the log has no room to grow: the next recorder finds the
  /// commit there. SQLITE_IOERR_FSYNC leaves open what is on the disk. That recorder waits for room as it
  /// opens the history (see `HistoryUnusable.isPassing`), so that it is not started again and again.
  public func isUncertain(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_IOERR && !isFull(error)
  }
}
