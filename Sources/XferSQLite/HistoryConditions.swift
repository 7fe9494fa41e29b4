import GRDB
import XferProtocol

/// A position in the order of the history. Pages list the greatest position first: the latest time
/// and, for equal times, the greatest id.
struct HistoryPlace: Comparable, Sendable {
  let finishedAt: Int64
  let id: Int64

  static func < (one: HistoryPlace, other: HistoryPlace) -> Bool {
    (one.finishedAt, one.id) < (other.finishedAt, other.id)
  }

  init(_ row: Row) {
    finishedAt = row["finished_at"]
    id = row["id"]
  }
}

/// The conditions of a filter as SQL.
struct HistoryConditions {
  private(set) var sql: String
  private(set) var arguments: StatementArguments

  /// Starts with one condition. The default excludes recorded rows, which are not part of the
  /// history and are in no index.
  init(_ condition: String = "status > 0", values: Int64...) {
    sql = condition
    arguments = StatementArguments(values)
  }

  mutating func add(_ condition: String, values: StatementArguments) {
    sql += " AND " + condition
    arguments += values
  }

  /// Adds the bounds of time: below the place `last` and at or above the place `end`, both of which
  /// are within the filter's bounds, or else the filter's own bounds.
  ///
  /// Each side gets one bound only. Of two bounds on one side SQLite may seek to the wider one and
  /// read every row between the two.
  mutating func add(
    timeOf filter: HistoryFilter, before last: HistoryPlace?, downTo end: HistoryPlace?
  ) {
    if let end {
      add("(finished_at, id) >= (?, ?)", values: [end.finishedAt, end.id])
    } else if let since = filter.since {
      add("finished_at >= ?", values: [since.microseconds])
    }
    if let last {
      add("(finished_at, id) < (?, ?)", values: [last.finishedAt, last.id])
    } else if let until = filter.until {
      add("finished_at < ?", values: [until.microseconds])
    }
  }

  mutating func add(clientOf filter: HistoryFilter) {
    if let client = filter.client {
      add("\(Owner.Kind(of: client).column) = ?", values: [client])
    }
  }

  /// Adds the status as a literal, not as an argument: SQLite uses the partial index of failures
  /// only if the statement itself shows that the index holds the rows.
  mutating func add(statusOf filter: HistoryFilter) {
    if filter.status != .all { add("status = \(filter.status.rawValue)", values: []) }
  }

  /// Adds the range of names that an index can seek.
  mutating func add(rangeOf pattern: NamePattern) {
    if pattern.isText { return add("name = ?", values: [pattern.prefix]) }
    if !pattern.prefix.isEmpty { add("name >= ?", values: [pattern.prefix]) }
    if let end = pattern.end { add("name < ?", values: [end]) }
  }

  /// Adds the glob itself, unless the range of names already decides the match.
  mutating func add(globOf pattern: NamePattern) {
    if !pattern.isText, !pattern.isPrefix { add("name GLOB ?", values: [pattern.glob]) }
  }
}
