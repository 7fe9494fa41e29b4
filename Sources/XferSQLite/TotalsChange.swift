import GRDB
import XferProtocol
import XferSystem

/// The changes of one transaction to the totals and to the bounds of segments.
///
/// They are summed up first, so that a group of any length writes only a few rows. The stats page
/// reads the totals and never counts rows.
struct TotalsChange {
  private struct Sum {
    var transfers: Int64 = 0
    var bytes: Int64 = 0
    var failures: Int64 = 0
  }

  /// The number of seconds that `total_by_second` keeps. One hour is shown, one hour is spare.
  private static let kept: Int64 = 7200
  /// The number of seconds that a row of `total_by_second` may be in the future. A row further
  /// ahead was counted while the clock was wrong, and the stats page would show it when that time
  /// comes.
  private static let tolerance: Int64 = 60

  private var all = Sum()
  private var bySecond: [Int64: Sum] = [:]
  private var byOwner: [Owner: Sum] = [:]
  private var byReason: [String: Int64] = [:]
  private var segments = SegmentBounds()

  /// The numbers of failures that were counted here, by client. Clients without failures are
  /// omitted.
  var failuresByOwner: [Owner: Int64] {
    byOwner.mapValues(\.failures).filter { $0.value > 0 }
  }

  /// Counts a completed transfer.
  mutating func count(row: Int64, client: Client, bytes: Int64, at moment: Timestamp) {
    add(Sum(transfers: 1, bytes: bytes), client: client, at: moment)
    segments.add(row: row, at: moment)
  }

  /// Counts a failure.
  mutating func count(row: Int64, client: Client, failure: Reason, at moment: Timestamp) {
    add(Sum(failures: 1), client: client, at: moment)
    segments.add(row: row, at: moment)
    byReason[failure.code, default: 0] += 1
  }

  private mutating func add(_ sum: Sum, client: Client, at moment: Timestamp) {
    TotalsChange.add(sum, to: &all)
    TotalsChange.add(sum, to: &bySecond[moment.microseconds / 1_000_000, default: Sum()])
    TotalsChange.add(sum, to: &byOwner[Owner(client), default: Sum()])
  }

  private static func add(_ sum: Sum, to total: inout Sum) {
    total.transfers += sum.transfers
    total.bytes += sum.bytes
    total.failures += sum.failures
  }

  /// Writes the changes. Also removes rows of `total_by_second` that are too old or too far ahead.
  func apply(to database: Database) throws {
    try segments.apply(to: database)
    try upsert(all, into: "total", key: "id", value: 1, in: database)
    for (second, sum) in bySecond {
      try upsert(sum, into: "total_by_second", key: "second", value: second, in: database)
    }
    for (owner, sum) in byOwner {
      try upsert(
        sum, into: owner.kind.totals, key: owner.kind.column, value: owner.key, in: database)
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
    _ sum: Sum, into table: String, key: String, value: any DatabaseValueConvertible,
    in database: Database
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
