import GRDB
import XferSystem

/// Between which moments the rows of each segment have finished, as a transaction widens it.
struct SegmentBounds {
  private var bounds: [Int64: ClosedRange<Int64>] = [:]

  /// The segment of a row, as the indexes have it.
  static func segment(of row: Int64) -> Int64 { row >> 14 }

  mutating func add(row: Int64, at moment: Timestamp) {
    let moment = moment.microseconds
    let segment = SegmentBounds.segment(of: row)
    let known = bounds[segment] ?? moment...moment
    bounds[segment] = min(known.lowerBound, moment)...max(known.upperBound, moment)
  }

  /// They are never narrowed: a segment that is looked at in vain costs little.
  func apply(to database: Database) throws {
    for (segment, moments) in bounds {
      try database.cachedStatement(
        sql: """
          INSERT INTO segment (id, oldest, newest) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
          SET oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)
          """
      ).execute(arguments: [segment, moments.lowerBound, moments.upperBound])
    }
  }

  /// A segment whose rows are all gone has no bounds.
  static func forget(_ segment: Int64, ifEmptyIn database: Database) throws {
    try database.cachedStatement(
      sql: """
        DELETE FROM segment WHERE id = ?1
          AND NOT EXISTS (SELECT 1 FROM transfer WHERE transfer.id >= ?2 AND transfer.id < ?3)
        """
    ).execute(arguments: [segment, segment << 14, (segment + 1) << 14])
  }
}
