import GRDB
import XferSystem

/// The ranges of times, by segment, that a transaction adds to the table `segment`.
struct SegmentBounds {
  private var bounds: [Int64: ClosedRange<Int64>] = [:]

  /// Returns the segment of a row. The indexes use the same expression.
  static func segment(of row: Int64) -> Int64 { row >> 14 }

  mutating func add(row: Int64, at moment: Timestamp) {
    let moment = moment.microseconds
    let segment = SegmentBounds.segment(of: row)
    let range = bounds[segment] ?? moment...moment
    bounds[segment] = min(range.lowerBound, moment)...max(range.upperBound, moment)
  }

  /// Widens the stored bounds. They are never narrowed, because an unnecessary search of a
  /// segment costs little.
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

  /// Removes the bounds of a segment if it has no rows any more.
  static func remove(_ segment: Int64, ifEmptyIn database: Database) throws {
    try database.cachedStatement(
      sql: """
        DELETE FROM segment WHERE id = ?1
          AND NOT EXISTS (SELECT 1 FROM transfer WHERE transfer.id >= ?2 AND transfer.id < ?3)
        """
    ).execute(arguments: [segment, segment << 14, (segment + 1) << 14])
  }
}
