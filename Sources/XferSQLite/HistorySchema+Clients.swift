// Migrations: ids and rows of failures that belong to a client.
extension HistorySchema {
  /// Makes the id of a transfer unique per client. Two clients may use the same id for different
  /// transfers.
  static let idsOfClients = """
    DROP INDEX transfer_once;
    CREATE UNIQUE INDEX transfer_once ON transfer(transfer_id, client_ip) WHERE reason IS NULL;
    """

  /// Combines failures with the same client, name and reason into one row.
  ///
  /// `attempts` is the number of failures. `first_finished_at` is the time of the first one, or
  /// NULL if there was only one. All other columns describe the last failure. The index
  /// `transfer_failed_by_kind` finds the row of a failure. The index `transfer_failed_once`, which
  /// was unique in earlier versions, finds a failure that is reported again.
  static let countedFailures = """
    ALTER TABLE transfer ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE transfer ADD COLUMN first_finished_at INTEGER;
    DROP INDEX transfer_failed_once;
    CREATE INDEX transfer_failed_once ON transfer(transfer_id, client_ip, started_at)
      WHERE status = 2;
    CREATE INDEX transfer_failed_by_kind ON transfer(client_ip, name, reason) WHERE status = 2;
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
      strftime('%Y-%m-%dT%H:%M:%fZ', first_finished_at / 1e6, 'unixepoch') AS first_finished_at
    FROM transfer WHERE status > 0;
    """
}
