import GRDB
import Glibc
import XferSystem

extension HistoryReader {
  /// Writes a consistent copy of the history to a new file, while the receiver runs or not
  /// (SQLite's online backup). A file that is there already is not replaced, and a copy that failed
  /// is not left.
  public func backUp(to path: String) throws {
    guard try FileStatus.of(path: path) == nil else {
      throw HistoryUnusable(path, "is there already and is not replaced")
    }
    do {
      try writeCopy(path)
    } catch {
      for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
      throw HistoryUnusable(path, error)
    }
  }

  private func writeCopy(_ path: String) throws {
    let copy = try DatabaseQueue(path: path)
    try copyHistory(to: copy)
    // What is recorded names a file that is on its way here, and belongs to no copy.
    try copy.write { try $0.execute(sql: "DELETE FROM transfer WHERE status = 0") }
    // A copy is one file, to be carried away: no write-ahead log beside it.
    try copy.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try copy.close()
  }
}
