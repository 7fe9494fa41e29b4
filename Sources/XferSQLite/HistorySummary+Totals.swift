import GRDB
import XferProtocol
import XferSystem

// Reads the summary from the tables of totals.
extension HistorySummary {
  init(database: Database, now: Timestamp) throws {
    let all = try Sum(Row.fetchOne(database, sql: "SELECT * FROM total"))
    let lastMinute = try HistorySummary.sum(database, seconds: 60, until: now)
    let lastHour = try HistorySummary.sum(database, seconds: 3600, until: now)
    let failures: [(reason: String, count: Int64)] = try Row.fetchAll(
      database, sql: "SELECT reason, failures FROM total_by_reason ORDER BY failures DESC, reason"
    ).map { ($0["reason"], $0["failures"]) }
    let latest = try Row.fetchAll(
      database,
      sql: "SELECT * FROM transfer WHERE status > 0 ORDER BY finished_at DESC, id DESC LIMIT 10"
    ).compactMap(HistoryEntry.init)
    self.init(
      all: all, lastMinute: lastMinute, lastHour: lastHour,
      failures: failures,
      busiest: try HistorySummary.busiest(database), latest: latest)
  }

  /// Returns the busiest clients, identified or not.
  private static func busiest(_ database: Database) throws -> [(client: String, sum: Sum)] {
    let kinds: [Owner.Kind] =
      try HistorySchema.hasClientNames(database) ? Owner.Kind.allCases : [.address]
    let clients: [(client: String, sum: Sum)] = try kinds.flatMap { kind in
      try Row.fetchAll(
        database, sql: "SELECT * FROM \(kind.totals) ORDER BY bytes DESC LIMIT 10"
      ).map { ($0[kind.column], Sum($0)) }
    }
    return Array(clients.sorted { $0.sum.bytes > $1.sum.bytes }.prefix(10))
  }

  private static func sum(
    _ database: Database, seconds: Int64, until now: Timestamp
  ) throws -> Sum {
    try Sum(
      Row.fetchOne(
        database,
        sql: """
          SELECT coalesce(sum(transfers), 0) AS transfers, coalesce(sum(bytes), 0) AS bytes,
            coalesce(sum(failures), 0) AS failures
          FROM total_by_second WHERE second > ? AND second <= ?
          """, arguments: [now.microseconds / 1_000_000 - seconds, now.microseconds / 1_000_000]))
  }
}

extension HistorySummary.Sum {
  init(_ row: Row?) {
    self.init(
      transfers: row?["transfers"] ?? 0, bytes: row?["bytes"] ?? 0,
      failures: row?["failures"] ?? 0)
  }
}
