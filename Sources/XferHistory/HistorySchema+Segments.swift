import GRDB

extension HistorySchema {
  /// Not so before a receiver of this version has opened the history.
  static func hasSegments(_ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'segment')"
      )
    ) ?? false
  }

  /// Indexes by name and client are divided into segments: ranges of 16,384 row ids. Whatever their names, new
  /// rows belong to the last segment: so few pages change, and the same ones again and again, at
  /// any length of the history. `segment` says when the rows of each have finished, so that who
  /// wants the newest rows looks at few of them.
  ///
  /// The indexes by name and client hold all that decides whether a row is on a page of the history:
  /// the rows themselves, which lie elsewhere, are read for the page alone.
  ///
  /// SQLite uses them only where `id >> 14` is written as it is here. Their names stay, for whoever names
  /// them, as readers of earlier versions do.
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
