import GRDB
import XferProtocol

/// A search for the newest rows of a client, of a pattern of names, or of both.
///
/// The segments are searched in the order of their newest rows. Their times overlap if the clock
/// was set back or a row was completed late. Therefore the search ends only when no remaining
/// segment can hold a newer row than those found.
struct SegmentSearch {
  private let filter: HistoryFilter
  private let pattern: NamePattern?
  private let last: HistoryPlace?
  private let end: HistoryPlace?
  private let limit: Int

  /// `pattern` replaces the name of the filter. Rows at the place `end` are included.
  init(
    _ filter: HistoryFilter, pattern: NamePattern?, after last: HistoryPlace?,
    downTo end: HistoryPlace?, limit: Int
  ) {
    self.filter = filter
    self.pattern = pattern
    self.last = last
    self.end = end
    self.limit = limit
  }

  /// Returns at most `limit` places, newest first.
  func places(_ database: Database) throws -> [HistoryPlace] {
    let segments = try segmentsWithNames(database)
    let newest = try newestOfSegment(database)
    var best: [HistoryPlace] = []
    while let segment = try segments.next() {
      if best.count == limit, let worst = best.last, worst.finishedAt > segment["newest"] { break }
      best += try newest(segment["id"])
      best = Array(best.sorted(by: >).prefix(limit))
    }
    return best
  }

  /// Returns a cursor over the segments that have a row with the client and in the range of names.
  /// Each step of the cursor searches for the next one. The sign in `+segment.id` removes the
  /// column's affinity, because SQLite could not use the index for a converted value.
  private func segmentsWithNames(_ database: Database) throws -> RowCursor {
    var conditions = HistoryConditions(
      "newest >= ? AND oldest <= ?", values: bounds.newest, bounds.oldest)
    conditions.add(
      """
      EXISTS (SELECT 1 FROM transfer \(index) \
      WHERE transfer.id >> 14 = +segment.id AND \(key.sql))
      """, values: key.arguments)
    return try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT id, newest FROM segment WHERE \(conditions.sql) ORDER BY newest DESC"),
      arguments: conditions.arguments)
  }

  /// Returns a function that finds the newest rows of a segment. It reads the index only.
  private func newestOfSegment(_ database: Database) throws -> (Int64) throws -> [HistoryPlace] {
    var conditions = key
    conditions.add(timeOf: filter, before: last, downTo: end)
    conditions.add(statusOf: filter)
    // The glob is last, because it costs most.
    if let pattern { conditions.add(globOf: pattern) }
    let statement = try database.cachedStatement(
      sql: """
        SELECT id, finished_at FROM transfer \(index) WHERE id >> 14 = ? AND \(conditions.sql)
        ORDER BY finished_at DESC, id DESC LIMIT ?
        """)
    return { [arguments = conditions.arguments, limit] segment in
      try Row.fetchAll(statement, arguments: [segment] + arguments + [limit])
        .map(HistoryPlace.init)
    }
  }

  private var index: String {
    "INDEXED BY \(filter.client.map { Owner.Kind(of: $0).index } ?? "transfer_by_name")"
  }

  /// The conditions that the index serves by a seek.
  private var key: HistoryConditions {
    var conditions = HistoryConditions()
    conditions.add(clientOf: filter)
    if let pattern { conditions.add(rangeOf: pattern) }
    return conditions
  }

  /// The bounds of a segment that can have a matching row: its newest row is not older than
  /// `newest`, and its oldest row is not newer than `oldest`.
  private var bounds: (newest: Int64, oldest: Int64) {
    let since = filter.since?.microseconds ?? .min
    let until = filter.until?.microseconds ?? .max
    return (end?.finishedAt ?? since, min(until, last?.finishedAt ?? .max))
  }
}
