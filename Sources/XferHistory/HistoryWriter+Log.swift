import GRDB
import GRDBSQLite
import XferSystem

extension HistoryWriter {
  /// Bytes of the write-ahead log.
  public var logBytes: Int64 {
    let status = try? FileStatus.of(path: path + "-wal")
    return status?.size ?? 0
  }

  /// Begins the write-ahead log anew, so that it takes no room. SQLite does so by itself only at a moment when nobody
  /// reads, which may never come where readers overlap. Here readers that are at work are waited for, and
  /// the ones that begin meanwhile need the log no more (https://sqlite.org/wal.html, section 3). False where one
  /// went on for longer than `milliseconds`; nothing can be written meanwhile.
  public func beginLogAnew(waiting milliseconds: Int32) throws -> Bool {
    try queue.inDatabase { database in
      sqlite3_busy_timeout(database.sqliteConnection, milliseconds)
      defer { sqlite3_busy_timeout(database.sqliteConnection, HistoryWriter.patience * 1000) }
      do {
        _ = try database.checkpoint(.truncate)
        return true
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return false
      }
    }
  }
}
