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

  /// Whether what was delivered last under its name was this, or another transfer of the same content.
  public func isLatest(_ receipt: Receipt, from client: String) throws -> Bool {
    try read { database in
      guard let own = try HistoryWriter.delivery(receipt.id, client, database) else { return false }
      return try LatestDelivery(of: receipt.name.text, since: own["id"], database)?
        .is(own["id"], receipt.digest) ?? false
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
}
