import GRDB
import Glibc
import XferHistory
import XferSystem

// The online backup of the history.
extension SQLiteReader {
  /// Writes a consistent copy of the history to a new file with SQLite's online backup
  /// (https://sqlite.org/backup.html). The receiver may run meanwhile.
  ///
  /// An existing file is not replaced. If the copy fails, its files are removed and
  /// `HistoryFailure` is thrown.
  package func backUp(to path: String) throws {
    guard try FileStatus.of(path: path) == nil else {
      throw HistoryFailure.unusable(path, why: "already exists and is not replaced")
    }
    do {
      try writeCopy(path)
    } catch {
      for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
      throw HistoryFailure(opening: path, error)
    }
  }

  private func writeCopy(_ path: String) throws {
    let copy = try DatabaseQueue(path: path)
    try copyHistory(to: copy)
    // A recorded row names a file that is not published yet, so it does not belong in a copy.
    try copy.write { try $0.execute(sql: "DELETE FROM transfer WHERE status = 0") }
    // A copy is a single file without a write-ahead log, so that it can be moved elsewhere.
    try copy.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try copy.close()
  }
}
