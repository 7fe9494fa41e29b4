extension HistorySchema {
  /// Indexes that cost less to write and answer more by themselves. Those by time, client and name are
  /// made anew by a later migration.
  ///
  /// `transfer_once` finds a random place for each row: a page of its own, written twice. Its
  /// condition names a column that publishing does not change, so that publishing leaves it alone.
  static let indexes = """
    DROP INDEX transfer_once;
    CREATE UNIQUE INDEX transfer_once ON transfer(transfer_id) WHERE reason IS NULL;
    DROP INDEX transfer_by_time;
    CREATE INDEX transfer_by_time ON transfer(finished_at, name) WHERE status > 0;
    DROP INDEX transfer_by_client;
    CREATE INDEX transfer_by_client ON transfer(client_ip, finished_at, name) WHERE status > 0;
    DROP INDEX transfer_by_name;
    CREATE INDEX transfer_by_name ON transfer(name, finished_at, client_ip) WHERE status > 0;
    CREATE INDEX transfer_failed_by_time ON transfer(finished_at) WHERE status = 2;
    """
}
