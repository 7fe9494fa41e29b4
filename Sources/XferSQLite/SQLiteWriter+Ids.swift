import GRDB
import XferHistory
import XferProtocol

// Look-ups by the id of a transfer. An id is valid for the client that uses it; a delivery of
// another client under the same id is not found.
extension SQLiteWriter {
  /// Returns a delivered file; nil if this client never delivered the id.
  package func delivery(
    of id: TransferID, from client: Client
  ) throws(HistoryFailure) -> DeliveredFile? {
    try access { database in
      try SQLiteWriter.delivery(of: id, from: client, in: database)
        .flatMap { DeliveredFile(row: $0) }
    }
  }

  /// Returns true if the client has delivered a file under the id, or if a recorded row with the id
  /// waits for its file to be published.
  package func isUsed(_ id: TransferID, by client: Client) throws(HistoryFailure) -> Bool {
    try access { database in
      try Bool.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT 1 FROM transfer
            WHERE transfer_id = ? AND \(HistorySchema.key) = ? AND reason IS NULL
            """), arguments: [id.data, client.key]) ?? false
    }
  }

  /// Returns true if this delivery, or another one with the same content, is the last one under its
  /// name.
  package func isLatest(
    _ receipt: Receipt, from client: Client
  ) throws(HistoryFailure) -> Bool {
    try access { database in
      guard let own = try SQLiteWriter.delivery(of: receipt.id, from: client, in: database)
      else { return false }
      return try LatestDelivery(of: receipt.name.text, since: own["id"], database)?
        .is(own["id"], digest: receipt.digest) ?? false
    }
  }

  private static func delivery(
    of id: TransferID, from client: Client, in database: Database
  ) throws -> Row? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT * FROM transfer
          WHERE transfer_id = ? AND \(HistorySchema.key) = ? AND reason IS NULL AND status = 1
          """), arguments: [id.data, client.key])
  }
}
