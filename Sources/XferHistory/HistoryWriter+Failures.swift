import GRDB
import XferProtocol
import XferSystem

/// Failures of one client with one name for one reason are one row, which counts them. A failure makes a row
/// anew, which takes over the count of the one before: so rows stay in the order of their last times.
extension HistoryWriter {
  /// Of the same kind: by the same client, with the same name, for the same reason.
  struct FormerFailures {
    let row: Int64
    let attempts: Int64
    /// When it failed first.
    let since: Int64

    init(_ row: Row) {
      self.row = row["id"]
      attempts = row["attempts"]
      since = row["first_finished_at"] ?? row["finished_at"]
    }

    func remove(from database: Database) throws {
      try HistoryWriter.remove([row], from: database)
    }
  }

  /// A recorded row becomes a failed one.
  static func fail(
    _ recorded: RecordedTransfer, _ refusal: Refusal, _ database: Database,
    _ sums: inout TotalsChange
  ) throws {
    let (now, transfer) = (Timestamp.now, recorded.transfer)
    let former = try former(transfer.clientIP, transfer.name.text, refusal.reason, database)
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
    try former?.remove(from: database)
    sums.count(row: recorded.row, client: transfer.clientIP, failure: refusal.reason, at: now)
  }

  /// A failure that was told twice, as after a restart of the recorder, is counted once.
  static func write(
    _ failure: FailedTransfer, to database: Database, _ sums: inout TotalsChange
  ) throws {
    if try isKnown(failure, database) { return }
    let now = Timestamp.now
    let former = try former(failure.clientIP, failure.name, failure.reason, database)
    try database.cachedStatement(
      sql: """
        INSERT INTO transfer
          (transfer_id, client_ip, name, size, started_at, finished_at, status, protocol, reason,
           detail, attempts, first_finished_at)
        VALUES (?, ?, ?, ?, ?, ?, 2, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      failure.id.data, failure.clientIP, failure.name, failure.size,
      failure.startedAt.microseconds, now.microseconds, failure.wire.rawValue,
      failure.reason.code, failure.detail, (former?.attempts ?? 0) + 1, former?.since,
    ])
    sums.count(
      row: database.lastInsertedRowID, client: failure.clientIP, failure: failure.reason, at: now)
    // Behind the other, so that no id is given twice.
    try former?.remove(from: database)
  }

  /// The row of the failures of this kind; nil where there is none. Of several, as earlier versions made them, the
  /// newest.
  private static func former(
    _ client: String, _ name: String, _ reason: Reason, _ database: Database
  ) throws -> FormerFailures? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT id, attempts, finished_at, first_finished_at
          FROM transfer INDEXED BY transfer_failed_by_kind
          WHERE client_ip = ? AND name = ? AND reason = ? AND status = 2 ORDER BY id DESC LIMIT 1
          """), arguments: [client, name, reason.code]
    ).map(FormerFailures.init)
  }

  /// Whether a failure has been counted. One that may have been told before is taken for counted, too, where
  /// a failure of its kind that began later has been: its own row is not there any more then.
  private static func isKnown(_ failure: FailedTransfer, _ database: Database) throws -> Bool {
    let isTold = try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT 1 FROM transfer INDEXED BY transfer_failed_once
          WHERE transfer_id = ? AND client_ip = ? AND started_at = ? AND status = 2
          """),
      arguments: [failure.id.data, failure.clientIP, failure.startedAt.microseconds])
    if isTold == true || !failure.mayBeTold { return isTold == true }
    return try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT 1 FROM transfer INDEXED BY transfer_failed_by_kind
          WHERE client_ip = ? AND name = ? AND reason = ? AND status = 2 AND started_at >= ?
          """),
      arguments: [
        failure.clientIP, failure.name, failure.reason.code, failure.startedAt.microseconds,
      ]) == true
  }
}
