import GRDB

// A migration: the names of identified clients.
extension HistorySchema {
  /// Returns true if the history has names of clients. It has none until a receiver of a version
  /// with names has opened it.
  static func hasClientNames(_ database: Database) throws -> Bool {
    try has("total_by_name", database)
  }

  /// The key of the client that a row belongs to: its name, or its address if it has none.
  ///
  /// SQLite uses the indexes by key only if a statement contains the expression exactly as it is
  /// written here.
  static let key = "coalesce(client, client_ip)"

  /// Adds the name of the client to each row; NULL if the client was not identified.
  ///
  /// Ids and failures belong to the key. The indexes by address stay, because an identified client
  /// is found by its address, too. The index by name omits all other rows, so that they do not pay
  /// for it.
  static let clientNames = """
    ALTER TABLE transfer ADD COLUMN client TEXT;
    DROP INDEX transfer_once;
    CREATE UNIQUE INDEX transfer_once ON transfer(transfer_id, \(key)) WHERE reason IS NULL;
    CREATE INDEX transfer_by_client_name
      ON transfer(id >> 14, client, name, finished_at, status)
      WHERE status > 0 AND client IS NOT NULL;
    DROP INDEX transfer_failed_by_kind;
    CREATE INDEX transfer_failed_by_kind ON transfer(\(key), name, reason) WHERE status = 2;
    DROP INDEX transfer_failed_by_client;
    CREATE INDEX transfer_failed_by_client ON transfer(\(key)) WHERE status = 2;
    DROP INDEX transfer_failed_by_time;
    CREATE INDEX transfer_failed_by_time ON transfer(finished_at, client_ip, name, client)
      WHERE status = 2;
    \(sumsByName)
    DROP VIEW history;
    CREATE VIEW history AS SELECT
      id,
      lower(hex(transfer_id)) AS transfer_id,
      client_ip,
      name,
      size,
      resumed_at,
      strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1e6, 'unixepoch') AS started_at,
      strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1e6, 'unixepoch') AS finished_at,
      (finished_at - started_at) / 1e6 AS duration_seconds,
      CASE WHEN status = 1 AND finished_at > started_at
        THEN (size - resumed_at) * 1e6 / (finished_at - started_at) END AS bytes_per_second,
      CASE status WHEN 1 THEN 'completed' ELSE 'failed' END AS status,
      reason,
      detail,
      CASE WHEN sha256 IS NOT NULL THEN lower(hex(sha256)) END AS sha256,
      CASE protocol WHEN 1 THEN 'native' ELSE 'classic' END AS protocol,
      attempts,
      strftime('%Y-%m-%dT%H:%M:%fZ', first_finished_at / 1e6, 'unixepoch') AS first_finished_at,
      client
    FROM transfer WHERE status > 0;
    """

  /// The sums of identified clients. `total_by_client` and `failed_rows` keep those of the other
  /// clients, by address.
  private static let sumsByName = """
    CREATE TABLE total_by_name (
      client TEXT PRIMARY KEY,
      transfers INTEGER NOT NULL, bytes INTEGER NOT NULL, failures INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX busiest_name ON total_by_name(bytes);
    CREATE TABLE failed_rows_by_name (client TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
    DROP TRIGGER failed_row_removed;
    CREATE TRIGGER failed_row_removed AFTER DELETE ON transfer WHEN old.status = 2 BEGIN
      UPDATE failed_rows SET rows = rows - 1
        WHERE client_ip IN (iif(old.client IS NULL, old.client_ip, NULL), '\(allClients)');
      DELETE FROM failed_rows WHERE client_ip = old.client_ip AND rows = 0;
      UPDATE failed_rows_by_name SET rows = rows - 1 WHERE client = old.client;
      DELETE FROM failed_rows_by_name WHERE client = old.client AND rows = 0;
    END;
    """
}
