import GRDB
import XferHistory
import XferProtocol

// The progress of the hooks.
extension SQLiteWriter {
  /// Writes the progress of the hooks. A power loss may undo this.
  package func change(_ hooks: HookChange) throws(HistoryFailure) {
    try lazily { database in
      switch hooks {
      case .position(let kind, let item):
        try database.cachedStatement(
          sql: """
            INSERT INTO hook_position VALUES (?, ?)
            ON CONFLICT DO UPDATE SET item = max(item, excluded.item)
            """
        ).execute(arguments: [kind.rawValue, item])
      case .retry(let retry):
        try database.cachedStatement(
          sql: "INSERT OR REPLACE INTO hook_retry VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
          retry.kind.rawValue, retry.item, retry.attempts, retry.since.microseconds,
          retry.dueAt.microseconds, retry.error,
        ])
      case .settled(let kind, let item):
        try database.cachedStatement(sql: "DELETE FROM hook_retry WHERE kind = ? AND item = ?")
          .execute(arguments: [kind.rawValue, item])
      }
    }
  }
}
