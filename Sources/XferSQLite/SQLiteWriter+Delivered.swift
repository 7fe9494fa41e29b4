import GRDB
import XferHistory
import XferProtocol
import XferSystem

// Questions of the recorder about all that an identified client has sent.
extension SQLiteWriter {
  /// Returns the bytes of the delivered files of an identified client. The index by name is
  /// searched segment by segment.
  package func delivered(
    by name: String, since: Timestamp
  ) throws(HistoryFailure) -> DeliveredBytes {
    try access { database in
      let row = try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT sum(transfer.size) AS total,
              sum(iif(transfer.finished_at >= :since, transfer.size, 0)) AS recent
            FROM segment CROSS JOIN transfer INDEXED BY transfer_by_client_name
              ON transfer.id >> 14 = +segment.id
            WHERE transfer.status > 0 AND transfer.client = :name AND transfer.status = 1
            """), arguments: ["name": name, "since": since.microseconds])
      return DeliveredBytes(
        all: UInt64(row?["total"] as Int64? ?? 0), recent: UInt64(row?["recent"] as Int64? ?? 0))
    }
  }

  /// Returns true if an identified client of this name has ever sent anything: the sums of a client
  /// stay when its rows are removed.
  package func knows(_ name: String) throws(HistoryFailure) -> Bool {
    try access { database in
      try Bool.fetchOne(
        database.cachedStatement(sql: "SELECT 1 FROM total_by_name WHERE client = ?"),
        arguments: [name]) ?? false
    }
  }
}
