import GRDB
import GRDBSQLite
import XferSystem

extension HistoryWriter {
  /// Bytes of the write-ahead log.
  public var logBytes: Int64 {
    let status = try? FileStatus.of(path: path + "-wal")
    return status?.size ?? 0
  }

  /// Truncates the write-ahead log. SQLite by itself starts the log over only at a moment without a
  /// reader, which may never come where readers overlap. This call waits for the readers that are at
  /// work; those that begin meanwhile read the database file and do not need the log
  /// (https://sqlite.org/wal.html, section 3). Returns false if a reader went on for longer than
  /// `milliseconds`. Nothing is written meanwhile.
  public func truncateLog(waiting milliseconds: Int32) throws -> Bool {
    let end = monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
    repeat {
      if try tryToTruncateLog() { return true }
    } while monotonicNanoseconds() < end
    return false
  }

  /// One short attempt. A longer one may wait in vain: SQLite waits for the lock of an old reader, and
  /// does not notice that newer readers have taken over that lock, one after the other.
  private func tryToTruncateLog() throws -> Bool {
    try queue.inDatabase { database in
      sqlite3_busy_timeout(database.sqliteConnection, HistoryWriter.attemptMilliseconds)
      defer { sqlite3_busy_timeout(database.sqliteConnection, HistoryWriter.patience * 1000) }
      do {
        _ = try database.checkpoint(.truncate)
        return true
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return false
      }
    }
  }

  private static let attemptMilliseconds: Int32 = 50
}
