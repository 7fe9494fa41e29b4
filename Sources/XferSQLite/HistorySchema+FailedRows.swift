// A migration: the numbers of failed rows, for their bounds.
extension HistorySchema {
  /// The key in `failed_rows` for all clients together. No address is empty.
  static let allClients = ""

  /// Counts the failed rows of each client, and of all clients under an empty address.
  ///
  /// `FailureBounds` reads these numbers for each failure, and counts new rows. A trigger counts
  /// the rows that are deleted, so that the numbers stay correct if an administrator deletes some.
  /// No trigger depends on insertions and updates, because completed rows would pay for it. The
  /// index `transfer_failed_by_client` finds the oldest row of a client, because the entries of an
  /// index end with the row id.
  static let failedRows = """
    CREATE TABLE failed_rows (client_ip TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO failed_rows
      SELECT client_ip, count(*) FROM transfer WHERE status = 2 GROUP BY client_ip;
    INSERT INTO failed_rows SELECT '\(allClients)', coalesce(sum(rows), 0) FROM failed_rows;
    CREATE INDEX transfer_failed_by_client ON transfer(client_ip) WHERE status = 2;
    CREATE TRIGGER failed_row_removed AFTER DELETE ON transfer WHEN old.status = 2 BEGIN
      UPDATE failed_rows SET rows = rows - 1 WHERE client_ip IN (old.client_ip, '\(allClients)');
      DELETE FROM failed_rows WHERE client_ip = old.client_ip AND rows = 0;
    END;
    """
}
