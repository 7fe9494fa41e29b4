// A migration: indexes that are cheap to write.
extension HistorySchema {
  /// Indexes that cost less to write and answer more queries without the table. A later migration
  /// replaces those by time, client and name.
  ///
  /// Each row has a random place in `transfer_once`, so that each insertion changes a page of its
  /// own, which SQLite writes twice. The condition of this index uses a column that publication
  /// does not change, so that publication does not write to the index.
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
