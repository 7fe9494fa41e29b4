import GRDB
import XferProtocol
import XferSystem

/// The figures of the stats page. They are read from the totals, so that they cost the same at any
/// length of the history.
public struct HistorySummary: Sendable {
  /// The numbers of transfers and failures over a time or for a client.
  public struct Sum: Sendable {
    /// The number of completed transfers.
    public let transfers: Int64
    /// The number of bytes in the files of completed transfers.
    public let bytes: Int64
    /// The number of failures.
    public let failures: Int64
  }

  /// The sum since the history was created. Removed rows are included.
  public let all: Sum
  /// The sum of the last 60 seconds.
  public let lastMinute: Sum
  /// The sum of the last 3,600 seconds.
  public let lastHour: Sum
  /// The codes of reasons with their numbers of failures, most frequent first.
  public let failures: [(reason: String, count: Int64)]
  /// At most ten clients, those that sent the most bytes first.
  public let busiest: [(clientIP: String, sum: Sum)]
  /// The newest rows, newest first; at most ten.
  public let latest: [HistoryEntry]

  init(database: Database, now: Timestamp) throws {
    all = try Sum(Row.fetchOne(database, sql: "SELECT * FROM total"))
    lastMinute = try HistorySummary.sum(database, seconds: 60, until: now)
    lastHour = try HistorySummary.sum(database, seconds: 3600, until: now)
    failures = try Row.fetchAll(
      database, sql: "SELECT reason, failures FROM total_by_reason ORDER BY failures DESC, reason"
    ).map { ($0["reason"], $0["failures"]) }
    busiest = try Row.fetchAll(
      database, sql: "SELECT * FROM total_by_client ORDER BY bytes DESC LIMIT 10"
    ).map { ($0["client_ip"], Sum($0)) }
    latest = try Row.fetchAll(
      database,
      sql: "SELECT * FROM transfer WHERE status > 0 ORDER BY finished_at DESC, id DESC LIMIT 10"
    ).compactMap(HistoryEntry.init)
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
    transfers = row?["transfers"] ?? 0
    bytes = row?["bytes"] ?? 0
    failures = row?["failures"] ?? 0
  }
}
