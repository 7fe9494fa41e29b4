import GRDB

/// The schema of the history.
///
/// Migrations add tables and columns and replace indexes and views. They remove no data, so that a
/// receiver can always be upgraded in place.
///
/// docs/operations.md describes the same tables for users that read them with another program.
enum HistorySchema {
  /// The `PRAGMA application_id` that marks a database as a history of xfer: "xfer" in ASCII
  /// (https://sqlite.org/pragma.html#pragma_application_id).
  static let applicationID: Int32 = 0x7866_6572

  /// The migrations in their order. GRDB stores the names of those that have run.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 transfers and totals") { try $0.execute(sql: transfersAndTotals) }
    migrator.registerMigration("2 indexes for long histories") { try $0.execute(sql: indexes) }
    migrator.registerMigration("3 files of recorded rows") {
      try $0.execute(sql: "ALTER TABLE transfer ADD COLUMN inode INTEGER")
      try $0.execute(sql: "ALTER TABLE transfer ADD COLUMN inode_born INTEGER")
    }
    migrator.registerMigration("4 home of recorded rows") { try $0.execute(sql: home) }
    migrator.registerMigration("5 indexes in segments") { try $0.execute(sql: segments) }
    migrator.registerMigration("6 ids of clients") { try $0.execute(sql: idsOfClients) }
    migrator.registerMigration("7 counted failures") { try $0.execute(sql: countedFailures) }
    migrator.registerMigration("8 numbers of failed rows") { try $0.execute(sql: failedRows) }
    migrator.registerMigration("9 names of clients") { try $0.execute(sql: clientNames) }
    migrator.registerMigration("10 kinds and properties") { try $0.execute(sql: properties) }
    migrator.registerMigration("11 sets") { try $0.execute(sql: sets) }
    migrator.registerMigration("12 hooks") { try $0.execute(sql: hooks) }
    return migrator
  }

  /// The identity of the directory that holds the files of recorded rows. In any other directory,
  /// such as a copy, inodes do not identify these files.
  private static let home = """
    CREATE TABLE home (
      id INTEGER PRIMARY KEY CHECK (id = 1), inode INTEGER NOT NULL, inode_born INTEGER NOT NULL
    )
    """

  /// The transfers, their totals and the view `history`.
  ///
  /// - `status`: 0 recorded (the file is about to be published), 1 completed, 2 failed.
  /// - `protocol`: 1 native, 2 classic.
  /// - Times are microseconds since 1970-01-01 00:00 UTC.
  /// - `inode`, `inode_born`, which a later migration adds: the inode of the file and its birth
  ///   time in nanoseconds while the row is recorded; NULL afterwards.
  ///
  /// A recorded row is not part of the history yet. The view and the indexes omit it.
  private static let transfersAndTotals = """
    CREATE TABLE transfer (
      id INTEGER PRIMARY KEY,
      transfer_id BLOB NOT NULL,
      client_ip TEXT NOT NULL,
      name TEXT NOT NULL,
      size INTEGER NOT NULL,
      resumed_at INTEGER NOT NULL DEFAULT 0,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      status INTEGER NOT NULL,
      protocol INTEGER NOT NULL,
      sha256 BLOB,
      durability INTEGER,
      reason TEXT,
      detail TEXT
    );
    CREATE UNIQUE INDEX transfer_once ON transfer(transfer_id) WHERE status < 2;
    CREATE UNIQUE INDEX transfer_failed_once ON transfer(transfer_id, started_at) WHERE status = 2;
    CREATE INDEX transfer_unpublished ON transfer(status) WHERE status = 0;
    CREATE INDEX transfer_by_time ON transfer(finished_at) WHERE status > 0;
    CREATE INDEX transfer_by_client ON transfer(client_ip, finished_at) WHERE status > 0;
    CREATE INDEX transfer_by_name ON transfer(name) WHERE status > 0;

    CREATE TABLE total (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      transfers INTEGER NOT NULL, bytes INTEGER NOT NULL, failures INTEGER NOT NULL
    );
    INSERT INTO total VALUES (1, 0, 0, 0);
    CREATE TABLE total_by_second (
      second INTEGER PRIMARY KEY,
      transfers INTEGER NOT NULL, bytes INTEGER NOT NULL, failures INTEGER NOT NULL
    );
    CREATE TABLE total_by_client (
      client_ip TEXT PRIMARY KEY,
      transfers INTEGER NOT NULL, bytes INTEGER NOT NULL, failures INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX busiest_client ON total_by_client(bytes);
    CREATE TABLE total_by_reason (
      reason TEXT PRIMARY KEY, failures INTEGER NOT NULL
    ) WITHOUT ROWID;

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
      CASE protocol WHEN 1 THEN 'native' ELSE 'classic' END AS protocol
    FROM transfer WHERE status > 0;
    """

  /// Returns true if the history has a table of this name.
  static func has(_ table: String, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)"),
      arguments: [table]) ?? false
  }
}
