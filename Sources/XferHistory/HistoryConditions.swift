import GRDB
import XferProtocol

/// A place in the order of the history: newest first, and of rows of one moment the later one.
struct HistoryPlace {
  let finishedAt: Int64
  let id: Int64

  init(_ row: Row) {
    finishedAt = row["finished_at"]
    id = row["id"]
  }
}

/// What a filter asks of a row, as SQL.
struct HistoryConditions {
  private(set) var sql = "status > 0"
  private(set) var arguments: StatementArguments = []

  mutating func add(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
    sql += " AND " + condition
    arguments += StatementArguments(values)
  }

  /// The filter's time, as far as it is not narrowed: after the moment `end`, before the place `last`.
  /// Of two bounds on one side SQLite may look for the wider one, and read all between the two.
  mutating func add(
    timeOf filter: HistoryFilter, after end: Int64? = nil, before last: HistoryPlace?
  ) {
    if let end {
      add("finished_at > ?", end)
    } else if let since = filter.since {
      add("finished_at >= ?", since.microseconds)
    }
    if let last {
      add("(finished_at, id) < (?, ?)", last.finishedAt, last.id)
    } else if let until = filter.until {
      add("finished_at < ?", until.microseconds)
    }
  }

  mutating func add(clientOf filter: HistoryFilter) {
    if let client = filter.clientIP { add("client_ip = ?", client) }
  }

  mutating func add(statusOf filter: HistoryFilter) {
    if filter.status != .all { add("status = ?", filter.status.rawValue) }
  }

  mutating func add(rangeOf pattern: NamePattern) {
    if !pattern.prefix.isEmpty { add("name >= ?", pattern.prefix) }
    if let end = pattern.end { add("name < ?", end) }
  }

  mutating func add(_ pattern: NamePattern) {
    add(rangeOf: pattern)
    if !pattern.isPrefix { add("name GLOB ?", pattern.glob) }
  }
}
