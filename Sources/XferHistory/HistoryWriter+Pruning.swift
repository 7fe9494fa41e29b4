import GRDB
import XferProtocol
import XferSystem

/// Which rows have been kept for long enough. Rows that are only recorded are never among them, nor is the newest row
/// of all, so that ids go on growing.
public struct PruneLimits: Equatable, Sendable {
  /// Failures that are older go.
  public var failedBefore: Timestamp?
  /// Whatever is older goes.
  public var before: Timestamp?

  public init(failedBefore: Timestamp? = nil, before: Timestamp? = nil) {
    self.failedBefore = failedBefore
    self.before = before
  }
}

extension HistoryWriter {
  /// Removes rows, `most` at the most, oldest first, and returns their number. The totals count what ever was, and
  /// stay. The room of the rows is used again for new ones; the file does not become smaller.
  public func prune(_ limits: PruneLimits, atMost most: Int) throws -> Int {
    try lazily { database in
      var count = 0
      if let moment = limits.failedBefore {
        count += try HistoryWriter.remove("transfer_failed_by_time", "= 2", moment, most, database)
      }
      if let moment = limits.before, count < most {
        count += try HistoryWriter.remove(
          "transfer_by_time", "> 0", moment, most - count, database)
      }
      return count
    }
  }

  private static func remove(
    _ index: String, _ status: String, _ moment: Timestamp, _ most: Int, _ database: Database
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

  static func remove(_ rows: [Int64], from database: Database) throws {
    let delete = try database.cachedStatement(sql: "DELETE FROM transfer WHERE id = ?")
    for row in rows { try delete.execute(arguments: [row]) }
    for segment in Set(rows.map(SegmentBounds.segment)) {
      try SegmentBounds.forget(segment, ifEmptyIn: database)
    }
  }
}
