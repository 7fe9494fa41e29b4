import GRDB
import XferProtocol
import XferSystem

/// What a transaction adds to the totals and to the bounds of segments: summed up first, so that a
/// batch of any length writes a handful of rows. The stats page reads totals only; it never counts rows.
struct TotalsChange {
  private struct Sum {
    var transfers: Int64 = 0
    var bytes: Int64 = 0
    var failures: Int64 = 0
  }

  /// Seconds that `total_by_second` reaches back: an hour is shown, an hour is spare.
  private static let kept: Int64 = 7200
  /// Seconds that one may be in the future. What is further was counted while the clock was wrong, and would
  /// stand on the page when that moment comes.
  private static let tolerance: Int64 = 60

  private var all = Sum()
  private var bySecond: [Int64: Sum] = [:]
  private var byClient: [String: Sum] = [:]
  private var byReason: [String: Int64] = [:]
  private var segments = SegmentBounds()

  /// Of the clients that have failures among what is counted here.
  var failuresByClient: [String: Int64] {
    byClient.mapValues(\.failures).filter { $0.value > 0 }
  }

  mutating func count(row: Int64, client: String, bytes: Int64, at moment: Timestamp) {
    add(Sum(transfers: 1, bytes: bytes), client, moment)
    segments.add(row: row, at: moment)
  }

  mutating func count(row: Int64, client: String, failure: Reason, at moment: Timestamp) {
    add(Sum(failures: 1), client, moment)
    segments.add(row: row, at: moment)
    byReason[failure.code, default: 0] += 1
  }

  private mutating func add(_ sum: Sum, _ client: String, _ moment: Timestamp) {
    TotalsChange.add(sum, to: &all)
    TotalsChange.add(sum, to: &bySecond[moment.microseconds / 1_000_000, default: Sum()])
    TotalsChange.add(sum, to: &byClient[client, default: Sum()])
  }

  private static func add(_ sum: Sum, to total: inout Sum) {
    total.transfers += sum.transfers
    total.bytes += sum.bytes
    total.failures += sum.failures
  }

  func apply(to database: Database) throws {
    try segments.apply(to: database)
    try upsert(all, "total", "id", 1, database)
    for (second, sum) in bySecond { try upsert(sum, "total_by_second", "second", second, database) }
    for (client, sum) in byClient {
      try upsert(sum, "total_by_client", "client_ip", client, database)
    }
    for (reason, failures) in byReason {
      try database.cachedStatement(
        sql: """
          INSERT INTO total_by_reason VALUES (?, ?)
          ON CONFLICT DO UPDATE SET failures = failures + excluded.failures
          """
      ).execute(arguments: [reason, failures])
    }
    guard let newest = bySecond.keys.max() else { return }
    let now = Timestamp.now.microseconds / 1_000_000
    try database.cachedStatement(sql: "DELETE FROM total_by_second WHERE second < ? OR second > ?")
      .execute(arguments: [newest - TotalsChange.kept, now + TotalsChange.tolerance])
  }

  private func upsert(
    _ sum: Sum, _ table: String, _ key: String, _ value: any DatabaseValueConvertible,
    _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO \(table) (\(key), transfers, bytes, failures) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET transfers = transfers + excluded.transfers,
          bytes = bytes + excluded.bytes, failures = failures + excluded.failures
        """
    ).execute(arguments: [value, sum.transfers, sum.bytes, sum.failures])
  }
}
