import GRDB
import XferProtocol

// Counts and removes the rows that the bounds concern.
extension FailureBounds {
  /// Removes the oldest failed rows beyond the bounds after a transaction added failures.
  ///
  /// `added` is the number of added failures by client. Excess rows that an earlier version left
  /// are removed little by little, so that no transaction becomes long.
  func apply(_ added: [Owner: Int64], to database: Database) throws {
    for (owner, count) in added {
      let excess = try excess(of: owner, bound: ofClient, after: count, in: database)
      if excess > 0 {
        try SQLiteWriter.remove(oldest(excess, of: owner, in: database), from: database)
      }
    }
    let count = added.values.reduce(0, +)
    let excess =
      count > 0
      ? try excess(of: .all, bound: ofAll, after: count, in: database) : 0
    if excess > 0 { try SQLiteWriter.remove(oldest(excess, in: database), from: database) }
  }

  /// Returns the number of rows to remove: those beyond the bound, at most two per added failure.
  private func excess(
    of owner: Owner, bound: Int64, after added: Int64, in database: Database
  ) throws -> Int64 {
    let rows = try Int64.fetchOne(
      database.cachedStatement(
        sql: "SELECT rows FROM \(owner.kind.failedRows) WHERE \(owner.kind.column) = ?"),
      arguments: [owner.key])
    return min((rows ?? 0) - bound, 2 * added)
  }

  /// Returns the ids of the oldest failed rows of a client. A repeated failure gets a new row, so
  /// the oldest rows have the smallest ids. The newest row of the table is kept, so that ids keep
  /// growing.
  private func oldest(
    _ count: Int64, of owner: Owner, in database: Database
  ) throws -> [Int64] {
    try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM transfer INDEXED BY transfer_failed_by_client
          WHERE \(HistorySchema.key) = ? AND status = 2 AND id < (SELECT max(id) FROM transfer)
          ORDER BY id LIMIT ?
          """), arguments: [owner.key, count])
  }

  /// Returns the ids of the oldest failed rows of all clients.
  private func oldest(_ count: Int64, in database: Database) throws -> [Int64] {
    try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM transfer INDEXED BY transfer_failed_by_time
          WHERE status = 2 AND id < (SELECT max(id) FROM transfer) ORDER BY finished_at LIMIT ?
          """), arguments: [count])
  }

  /// Counts a new failed row of a client.
  static func countRow(of client: Client, in database: Database) throws {
    for owner in [Owner(client), .all] {
      try database.cachedStatement(
        sql: """
          INSERT INTO \(owner.kind.failedRows) VALUES (?, 1)
          ON CONFLICT DO UPDATE SET rows = rows + 1
          """
      ).execute(arguments: [owner.key])
    }
  }
}
