import GRDB
import XferProtocol

/// The newest rows of a client, of some names, or both. The segments are looked through in the order of
/// their newest rows. They overlap where the clock stepped back or a row became history late: so what
/// is best so far stands only when no segment that is left can hold a newer row.
struct SegmentSearch {
  private let filter: HistoryFilter
  private let pattern: NamePattern?
  private let last: HistoryPlace?
  private let end: HistoryPlace?
  private let limit: Int

  /// `pattern` stands for the filter's name; a row at the place `end` is looked at, too.
  init(
    _ filter: HistoryFilter, _ pattern: NamePattern?, after last: HistoryPlace?,
    downTo end: HistoryPlace?, limit: Int
  ) {
    self.filter = filter
    self.pattern = pattern
    self.last = last
    self.end = end
    self.limit = limit
  }

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

  /// The segments that have a row at the place of the index at which the wanted ones are, found one by one
  /// as they are asked for. The sign keeps SQLite from converting what is compared, which the index
  /// could not serve.
  private func segmentsWithNames(_ database: Database) throws -> RowCursor {
    var conditions = HistoryConditions("newest >= ? AND oldest <= ?", bounds.newest, bounds.oldest)
    conditions.add(
      "EXISTS (SELECT 1 FROM transfer \(index) WHERE transfer.id >> 14 = +segment.id AND \(key.sql))",
      key.arguments)
    return try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT id, newest FROM segment WHERE \(conditions.sql) ORDER BY newest DESC"),
      arguments: conditions.arguments)
  }

  /// What gives the newest rows of a segment: the index alone says which they are.
  private func newestOfSegment(_ database: Database) throws -> (Int64) throws -> [HistoryPlace] {
    var conditions = key
    conditions.add(timeOf: filter, before: last, downTo: end)
    conditions.add(statusOf: filter)
    // Last, as it costs most.
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
    "INDEXED BY transfer_by_\(filter.clientIP == nil ? "name" : "client")"
  }

  /// What the index finds without a look at each row.
  private var key: HistoryConditions {
    var conditions = HistoryConditions()
    conditions.add(clientOf: filter)
    if let pattern { conditions.add(rangeOf: pattern) }
    return conditions
  }

  /// A segment has no wanted row if its newest is older, or its oldest newer than this.
  private var bounds: (newest: Int64, oldest: Int64) {
    let since = filter.since?.microseconds ?? .min
    let until = filter.until?.microseconds ?? .max
    return (end?.finishedAt ?? since, min(until, last?.finishedAt ?? .max))
  }
}
