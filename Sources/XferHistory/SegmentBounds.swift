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
}
