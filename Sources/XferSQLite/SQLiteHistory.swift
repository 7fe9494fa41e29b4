import XferHistory

/// The history in an SQLite database, the file of which is at `path`.
package struct SQLiteHistory: HistoryStore {
  private let path: String

  /// Names the database file, which may not exist yet. Opens nothing.
  package init(path: String) { self.path = path }

  /// Opens the only connection that writes: see `SQLiteWriter`.
  package func openWriter(
    whenUpgrading: () -> Void
  ) throws(HistoryFailure) -> any HistoryWriter {
    try SQLiteWriter(path: path, whenUpgrading: whenUpgrading)
  }

  /// Opens a read-only connection: see `SQLiteReader`.
  package func openReader(
    patience: QuestionPatience?
  ) throws(HistoryFailure) -> any HistoryReader {
    try SQLiteReader(path: path, patience: patience)
  }
}
