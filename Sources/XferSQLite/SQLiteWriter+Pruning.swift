import GRDB
import XferHistory
import XferProtocol
import XferSystem

// The removal of old rows.
extension SQLiteWriter {
  /// Removes at most `most` rows, oldest first, and returns their number.
  ///
  /// The totals still count the removed rows. New rows reuse the space; the database file does not
  /// become smaller.
  package func prune(_ limits: PruneLimits, atMost most: Int) throws(HistoryFailure) -> Int {
    try lazily { database in
      var count = 0
      if let moment = limits.failedBefore {
        count += try SQLiteWriter.remove(
          index: "transfer_failed_by_time", status: "= 2", before: moment, atMost: most,
          from: database)
      }
      if let moment = limits.before, count < most {
        count += try SQLiteWriter.remove(
          index: "transfer_by_time", status: "> 0", before: moment, atMost: most - count,
          from: database)
        try SQLiteWriter.removeSets(before: moment, atMost: most, from: database)
      }
      return count
    }
  }

  private static func remove(
    index: String, status: String, before moment: Timestamp, atMost most: Int,
    from database: Database
  ) throws -> Int {
    let rows = try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM transfer INDEXED BY \(index) WHERE status \(status) AND finished_at < ?
            AND id < (SELECT max(id) FROM transfer)
          ORDER BY finished_at LIMIT ?
          """), arguments: [moment.microseconds, most])
    try remove(rows, from: database)
    return rows.count
  }

  /// Removes sets that began before a time, as soon as no file of them is left. The last ones stay,
  /// because the numbers of the next ones follow theirs.
  private static func removeSets(
    before moment: Timestamp, atMost most: Int, from database: Database
  ) throws {
    let sets = try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM file_set AS one INDEXED BY file_set_by_time WHERE started_at < ?
            AND id < (SELECT max(id) FROM file_set)
            AND (sequence IS NULL OR sequence < (
              SELECT max(sequence) FROM file_set WHERE sequence IS NOT NULL))
            AND NOT EXISTS (SELECT 1 FROM transfer WHERE set_number = one.id)
            AND NOT EXISTS (
              SELECT 1 FROM set_member JOIN transfer ON transfer.id = set_member.transfer
              WHERE set_member.set_number = one.id)
          ORDER BY started_at LIMIT ?
          """), arguments: [moment.microseconds, most])
    try SetNumbers.remove(sets, from: database)
  }

  /// Removes rows by their ids, and the bounds of segments that are empty afterwards.
  static func remove(_ rows: [Int64], from database: Database) throws {
    let delete = try database.cachedStatement(sql: "DELETE FROM transfer WHERE id = ?")
    for row in rows { try delete.execute(arguments: [row]) }
    for segment in Set(rows.map(SegmentBounds.segment)) {
      try SegmentBounds.remove(segment, ifEmptyIn: database)
    }
  }
}
