import GRDB
import Glibc
import GRDBSQLite
import XferHistory
import XferSystem

// The write-ahead log of SQLite.
extension SQLiteWriter {
  /// The number of bytes in the write-ahead log; 0 if it cannot be read.
  package var logBytes: Int64 {
    let status = try? FileStatus.of(path: path + "-wal")
    return status?.size ?? 0
  }

  /// Truncates the write-ahead log. Returns false if a reader kept it in use for longer than
  /// `patience`.
  ///
  /// SQLite itself restarts the log only at a moment without a reader, which may never come if
  /// readers overlap. This call waits for the present readers. Readers that begin meanwhile read
  /// the database file and do not need the log (https://sqlite.org/wal.html, section 3). Nothing is
  /// written meanwhile.
  package func truncateLog(waiting patience: Duration) throws(HistoryFailure) -> Bool {
    let end = MonotonicTime.now + patience
    while true {
      let next = MonotonicTime.now + SQLiteWriter.attemptPause
      if try tryToTruncateLog() { return true }
      let now = MonotonicTime.now
      if now >= end { return false }
      // SQLite does not wait if another program makes a checkpoint at this moment.
      if now < next { usleep(UInt32((next - now).nanoseconds / 1000)) }
    }
  }

  /// Makes one short attempt. A longer one may wait in vain: SQLite waits for the lock of an old
  /// reader and does not notice that newer readers have taken over that lock one after the other.
  private func tryToTruncateLog() throws(HistoryFailure) -> Bool {
    try access { database in
      sqlite3_busy_timeout(database.sqliteConnection, SQLiteWriter.attemptMilliseconds)
      defer { sqlite3_busy_timeout(database.sqliteConnection, SQLiteWriter.patience * 1000) }
      do {
        _ = try database.checkpoint(.truncate)
        return true
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return false
      }
    }
  }

  private static let attemptMilliseconds: Int32 = 50
  private static let attemptPause = Duration.milliseconds(attemptMilliseconds)
}
