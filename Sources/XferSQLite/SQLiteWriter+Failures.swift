import GRDB
import XferHistory
import XferProtocol
import XferSystem

// Failures with the same client, name and reason share one row, which counts them. Each failure
// inserts a new row with the count of the former one, which is then removed. Therefore the rows
// stay in the order of their last failures.
extension SQLiteWriter {
  /// The row of earlier failures with the same client, name and reason.
  struct FormerFailures {
    let row: Int64
    /// The number of failures that the row counts.
    let attempts: Int64
    /// The time of the first failure, in microseconds since 1970 (UTC).
    let since: Int64

    init(_ row: Row) {
      self.row = row["id"]
      attempts = row["attempts"]
      since = row["first_finished_at"] ?? row["finished_at"]
    }

    func remove(from database: Database) throws {
      try SQLiteWriter.remove([row], from: database)
    }
  }

  /// Changes a recorded row into a failed one.
  static func fail(
    _ recorded: RecordedTransfer, with refusal: Refusal, in database: Database,
    sums: inout TotalsChange
  ) throws {
    let (now, transfer) = (Timestamp.now, recorded.transfer)
    let former = try former(
      client: transfer.client, name: transfer.name.text, reason: refusal.reason, in: database)
    try database.cachedStatement(
      sql: """
        UPDATE transfer SET status = 2, finished_at = ?, reason = ?, detail = ?,
          inode = NULL, inode_born = NULL, attempts = ?, first_finished_at = ?
        WHERE id = ? AND status = 0
        """
    ).execute(arguments: [
      now.microseconds, refusal.reason.code, refusal.sentence, (former?.attempts ?? 0) + 1,
      former?.since, recorded.row,
    ])
    guard database.changesCount == 1 else { return }
    try FailureBounds.countRow(of: transfer.client, in: database)
    try former?.remove(from: database)
    sums.count(row: recorded.row, client: transfer.client, failure: refusal.reason, at: now)
  }

  /// Inserts the row of a failure. A failure that is reported twice, for example after a restart of
  /// the recorder, is counted once.
  static func write(
    _ failure: FailedTransfer, to database: Database, sums: inout TotalsChange
  ) throws {
    if try isCounted(failure, in: database) { return }
    let now = Timestamp.now
    let former = try former(
      client: failure.client, name: failure.name, reason: failure.reason, in: database)
    // A failure begins no set, because any peer can cause any number of them.
    let set = try failure.set.flatMap {
      try SetNumbers.find($0, of: failure.client, in: database)
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO transfer
          (transfer_id, client_ip, name, size, started_at, finished_at, status, protocol, reason,
           detail, attempts, first_finished_at, client, set_number)
        VALUES (?, ?, ?, ?, ?, ?, 2, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      failure.id.data, failure.client.address, failure.name, failure.size,
      failure.startedAt.microseconds, now.microseconds, failure.wire.rawValue,
      failure.reason.code, failure.detail, (former?.attempts ?? 0) + 1, former?.since,
      failure.client.name, set,
    ])
    sums.count(
      row: database.lastInsertedRowID, client: failure.client, failure: failure.reason, at: now)
    try FailureBounds.countRow(of: failure.client, in: database)
    // After the insertion, so that SQLite does not assign the same id twice.
    try former?.remove(from: database)
  }

  /// Returns the row of the failures with this client, name and reason; nil if there is none.
  /// Earlier versions wrote several such rows; the newest one is returned.
  private static func former(
    client: Client, name: String, reason: Reason, in database: Database
  ) throws -> FormerFailures? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT id, attempts, finished_at, first_finished_at
          FROM transfer INDEXED BY transfer_failed_by_kind
          WHERE \(HistorySchema.key) = ? AND name = ? AND reason = ? AND status = 2
          ORDER BY id DESC LIMIT 1
          """), arguments: [client.key, name, reason.code]
    ).map(FormerFailures.init)
  }

  /// Returns true if a failure has already been counted.
  ///
  /// A failure that may have been reported before is also treated as counted if a later one with
  /// the same client, name and reason has been counted, because that one has replaced its row.
  private static func isCounted(
    _ failure: FailedTransfer, in database: Database
  ) throws -> Bool {
    let hasRow = try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT 1 FROM transfer INDEXED BY transfer_failed_once
          WHERE transfer_id = ? AND client_ip = ? AND started_at = ? AND client IS ?
            AND status = 2
          """),
      arguments: [
        failure.id.data, failure.client.address, failure.startedAt.microseconds,
        failure.client.name,
      ])
    if hasRow == true || !failure.mayBeTold { return hasRow == true }
    return try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT 1 FROM transfer INDEXED BY transfer_failed_by_kind
          WHERE \(HistorySchema.key) = ? AND name = ? AND reason = ? AND status = 2
            AND started_at >= ?
          """),
      arguments: [
        failure.client.key, failure.name, failure.reason.code, failure.startedAt.microseconds,
      ]) == true
  }
}
