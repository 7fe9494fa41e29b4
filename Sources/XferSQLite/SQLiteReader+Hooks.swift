import GRDB
import XferHistory
import XferProtocol
import XferSystem

// The events of the hooks, and their progress.
extension SQLiteReader {
  /// Returns the progress of the hooks.
  package func hookState() throws -> HookState {
    try read { database in
      guard try HistorySchema.has("hook_position", database) else { return HookState() }
      let positions = try Row.fetchAll(database, sql: "SELECT * FROM hook_position")
        .compactMap { row in HookKind(rawValue: row["kind"]).map { ($0, row["item"] as Int64) } }
      let retries = try Row.fetchAll(database, sql: "SELECT * FROM hook_retry ORDER BY due_at")
      return HookState(
        positions: Dictionary(positions, uniquingKeysWith: { $1 }),
        retries: retries.compactMap { HookRetry(row: $0) })
    }
  }

  /// Returns the events of a kind after a position: see `HistoryReader.events`.
  package func events(
    _ kind: HookKind, after position: Int64, limit: Int
  ) throws -> HookEvents {
    try read { database in
      switch kind {
      case .file: try SQLiteReader.files(after: position, limit: limit, database)
      case .set: try SQLiteReader.sets(after: position, limit: limit, database)
      }
    }
  }

  /// A row that is recorded becomes history later than rows with greater ids may. So the rows from
  /// the first recorded one on wait.
  private static func files(
    after position: Int64, limit: Int, _ database: Database
  ) throws -> HookEvents {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT * FROM transfer WHERE id > ? AND id < coalesce(
            (SELECT min(id) FROM transfer INDEXED BY transfer_unpublished WHERE status = 0),
            9223372036854775807)
          ORDER BY id LIMIT ?
          """), arguments: [position, limit])
    let entries = rows.compactMap { HistoryEntry(row: $0) }
      .filter { $0.status == .completed && $0.properties.hasContent }
    return HookEvents(
      events: entries.map { .file($0) }, position: rows.last.map { $0["id"] } ?? position)
  }

  private static func sets(
    after position: Int64, limit: Int, _ database: Database
  ) throws -> HookEvents {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT * FROM file_set INDEXED BY file_set_sequence
          WHERE sequence IS NOT NULL AND sequence > ? ORDER BY sequence LIMIT ?
          """), arguments: [position, limit])
    return HookEvents(
      events: try rows.compactMap { try event(ofSet: $0, database) },
      position: rows.last.map { $0["sequence"] } ?? position)
  }

  private static func event(ofSet row: Row, _ database: Database) throws -> HookEvent? {
    guard let sequence = row["sequence"] as Int64? else { return nil }
    return try entry(row, database).map { .set($0, sequence: sequence) }
  }

  /// Returns the last event of a kind, and 0 if there is none. It may not be published yet.
  package func newestEvent(_ kind: HookKind) throws -> Int64 {
    try read { database in
      switch kind {
      case .file: try Int64.fetchOne(database, sql: "SELECT max(id) FROM transfer") ?? 0
      case .set:
        try Int64.fetchOne(
          database, sql: "SELECT max(sequence) FROM file_set WHERE sequence IS NOT NULL") ?? 0
      }
    }
  }

  /// Returns one event; nil if its row was removed.
  package func event(_ kind: HookKind, _ item: Int64) throws -> HookEvent? {
    try read { database in
      switch kind {
      case .file:
        try Row.fetchOne(
          database.cachedStatement(sql: "SELECT * FROM transfer WHERE id = ? AND status = 1"),
          arguments: [item]
        ).flatMap { HistoryEntry(row: $0) }.map { .file($0) }
      case .set:
        try Row.fetchOne(
          database.cachedStatement(sql: "SELECT * FROM file_set WHERE sequence = ?"),
          arguments: [item]
        ).flatMap { try SQLiteReader.event(ofSet: $0, database) }
      }
    }
  }
}

extension HookRetry {
  fileprivate init?(row: Row) {
    guard let kind = HookKind(rawValue: row["kind"]) else { return nil }
    self.init(
      kind: kind, item: row["item"], attempts: row["attempts"], since: row.timestamp("since"),
      dueAt: row.timestamp("due_at"), error: row["error"])
  }
}
