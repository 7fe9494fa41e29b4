import GRDB
import XferProtocol

/// A place in the order of the history: newest first, and of rows of one moment the later one.
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

/// What a filter asks of a row, as SQL.
struct HistoryConditions {
  private(set) var sql: String
  private(set) var arguments: StatementArguments

  /// What is only recorded is not history, and in no index.
  init(_ condition: String = "status > 0", _ values: Int64...) {
    sql = condition
    arguments = StatementArguments(values)
  }

  mutating func add(_ condition: String, _ values: StatementArguments) {
    sql += " AND " + condition
    arguments += values
  }

  /// The filter's time, as far as it is not narrowed: before the place `last`, down to the place `end`, which is
  /// not beyond the filter's. Of two bounds on one side SQLite may look for the wider one, and read all between the
  /// two.
  mutating func add(
    timeOf filter: HistoryFilter, before last: HistoryPlace?, downTo end: HistoryPlace?
  ) {
    if let end {
      add("(finished_at, id) >= (?, ?)", [end.finishedAt, end.id])
    } else if let since = filter.since {
      add("finished_at >= ?", [since.microseconds])
    }
    if let last {
      add("(finished_at, id) < (?, ?)", [last.finishedAt, last.id])
    } else if let until = filter.until {
      add("finished_at < ?", [until.microseconds])
    }
  }

  mutating func add(clientOf filter: HistoryFilter) {
    if let client = filter.clientIP { add("client_ip = ?", [client]) }
  }

  /// Not as an argument: SQLite must see that the index of failures holds what is asked for.
  mutating func add(statusOf filter: HistoryFilter) {
    if filter.status != .all { add("status = \(filter.status.rawValue)", []) }
  }

  mutating func add(rangeOf pattern: NamePattern) {
    if pattern.isText { return add("name = ?", [pattern.prefix]) }
    if !pattern.prefix.isEmpty { add("name >= ?", [pattern.prefix]) }
    if let end = pattern.end { add("name < ?", [end]) }
  }

  /// What its range leaves open.
  mutating func add(globOf pattern: NamePattern) {
    if !pattern.isText, !pattern.isPrefix { add("name GLOB ?", [pattern.glob]) }
  }
}
