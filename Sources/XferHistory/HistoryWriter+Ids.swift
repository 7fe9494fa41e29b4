import GRDB
import XferProtocol

/// Look-ups by the id of a transfer. An id counts for the client that uses it: what another client has
/// delivered under the same id is not found.
extension HistoryWriter {
  /// The receipt of a delivered transfer; nil where this client never delivered the id.
  public func receipt(of id: TransferID, from client: String) throws -> Receipt? {
    try read { try HistoryWriter.delivery(id, client, $0).flatMap { Receipt(row: $0) } }
  }

  /// Whether the client has delivered something under the id, or a row of it waits for its file to be
  /// published.
  public func isUsed(_ id: TransferID, by client: String) throws -> Bool {
    try read { database in
      try Bool.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT 1 FROM transfer WHERE transfer_id = ? AND client_ip = ? AND reason IS NULL
            """), arguments: [id.data, client]) ?? false
    }
  }

  /// Whether what was delivered last under its name was this, or another transfer of the same content. Rows
  /// are in the order in which the transfers were recorded, whatever the clock said meanwhile.
  public func isLatest(_ receipt: Receipt, from client: String) throws -> Bool {
    try read { database in
      guard let own = try HistoryWriter.delivery(receipt.id, client, database),
        let latest = try HistoryWriter.latest(receipt.name, since: own["id"], database)
      else { return false }
      return latest["id"] as Int64 == own["id"]
        || (receipt.digest != nil && latest["sha256"] == receipt.digest?.data)
    }
  }

  private static func delivery(
    _ id: TransferID, _ client: String, _ database: Database
  ) throws -> Row? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT * FROM transfer
          WHERE transfer_id = ? AND client_ip = ? AND reason IS NULL AND status = 1
          """), arguments: [id.data, client])
  }

  /// The newest delivery under a name, from the row `first` on, segment by segment.
  private static func latest(
    _ name: FileName, since first: Int64, _ database: Database
  ) throws -> Row? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT transfer.id, transfer.sha256
          FROM segment CROSS JOIN transfer INDEXED BY transfer_by_name
          ON transfer.id >> 14 = +segment.id
          WHERE segment.id >= ? AND transfer.status > 0 AND transfer.name = ?
            AND transfer.status = 1
          ORDER BY segment.id DESC, transfer.id DESC LIMIT 1
          """), arguments: [SegmentBounds.segment(of: first), name.text])
  }
}
