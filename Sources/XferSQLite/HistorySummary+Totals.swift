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
    let busiest: [(client: String, sum: Sum)] = try Row.fetchAll(
      database, sql: "SELECT * FROM total_by_client ORDER BY bytes DESC LIMIT 10"
    ).map { ($0["client_ip"], Sum($0)) }
    let latest = try Row.fetchAll(
      database,
      sql: "SELECT * FROM transfer WHERE status > 0 ORDER BY finished_at DESC, id DESC LIMIT 10"
    ).compactMap(HistoryEntry.init)
    self.init(
      all: all, lastMinute: lastMinute, lastHour: lastHour,
      failures: failures,
      busiest: busiest, latest: latest)
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
