import GRDB

// Segments of the history, by which a page of rows of one client or name is found.
extension HistorySchema {
  /// Returns true if the history has segments. It has none until a receiver of a version with
  /// segments has opened it.
  static func hasSegments(_ database: Database) throws -> Bool {
    try has("segment", database)
  }

  /// Divides the indexes by name and client into segments, which are ranges of 16,384 row ids.
  ///
  /// New rows belong to the last segment, regardless of their names. Therefore few pages change,
  /// and the same pages repeatedly, at any length of the history. The table `segment` holds the
  /// range of times of each segment, so that a search for the newest rows reads few segments.
  ///
  /// The indexes by name and client hold every column that decides if a row is on a page of the
  /// history. Only the rows of the page itself are read from the table.
  ///
  /// SQLite uses these indexes only if a statement contains `id >> 14` exactly as it is written
  /// here. The names of the indexes do not change, because readers of earlier versions use them in
  /// `INDEXED BY`.
  static let segments = """
    CREATE TABLE segment (id INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, newest INTEGER NOT NULL);
    CREATE INDEX segment_by_newest ON segment(newest, oldest);
    INSERT INTO segment SELECT id >> 14, min(finished_at), max(finished_at)
      FROM transfer WHERE status > 0 GROUP BY id >> 14;
    DROP INDEX transfer_by_time;
    CREATE INDEX transfer_by_time ON transfer(finished_at) WHERE status > 0;
    DROP INDEX transfer_by_client;
    CREATE INDEX transfer_by_client
      ON transfer(id >> 14, client_ip, name, finished_at, status) WHERE status > 0;
    DROP INDEX transfer_by_name;
    CREATE INDEX transfer_by_name ON transfer(id >> 14, name, finished_at, status) WHERE status > 0;
    DROP INDEX transfer_failed_by_time;
    CREATE INDEX transfer_failed_by_time ON transfer(finished_at, client_ip, name) WHERE status = 2;
    """
}
