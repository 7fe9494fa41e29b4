import GRDB

// A migration: sets of files.
extension HistorySchema {
  /// Returns true if the history has sets. It has none until a receiver of a version with sets has
  /// opened it.
  static func hasSets(_ database: Database) throws -> Bool { try has("file_set", database) }

  /// Adds sets of files.
  ///
  /// - `transfer.set_number`: the set with which the file was delivered, or for which it failed.
  /// - `file_set`: the sets. `completed_at`, the sums and `sequence` are NULL while the set is not
  ///   complete; `sequence` grows with each set that becomes complete.
  /// - `set_member`: the files of a set that were delivered before it.
  /// - `announced_file`: the lists of files of the sets that are not complete, in parts. `names` has
  ///   the form of `Announcement.list`.
  static let sets = """
    ALTER TABLE transfer ADD COLUMN set_number INTEGER;
    CREATE INDEX transfer_by_set ON transfer(set_number) WHERE set_number IS NOT NULL;
    CREATE TABLE file_set (
      id INTEGER PRIMARY KEY,
      set_id BLOB NOT NULL,
      client_ip TEXT NOT NULL,
      client TEXT,
      name TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      completed_at INTEGER,
      files INTEGER,
      others INTEGER,
      bytes INTEGER,
      sha256 BLOB,
      durability INTEGER,
      sequence INTEGER
    );
    CREATE UNIQUE INDEX file_set_once ON file_set(set_id, \(key));
    CREATE INDEX file_set_by_name ON file_set(name);
    CREATE INDEX file_set_by_time ON file_set(started_at);
    CREATE INDEX file_set_open ON file_set(\(key)) WHERE completed_at IS NULL;
    CREATE UNIQUE INDEX file_set_sequence ON file_set(sequence) WHERE sequence IS NOT NULL;
    CREATE TABLE set_member (
      set_number INTEGER NOT NULL, transfer INTEGER NOT NULL, PRIMARY KEY (set_number, transfer)
    ) WITHOUT ROWID;
    CREATE TABLE announced_file (
      set_number INTEGER NOT NULL, part INTEGER NOT NULL, files INTEGER NOT NULL,
      bytes INTEGER NOT NULL, names BLOB, PRIMARY KEY (set_number, part)
    );
    CREATE VIEW sets AS SELECT
      id,
      lower(hex(set_id)) AS set_id,
      client_ip,
      client,
      name,
      strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1e6, 'unixepoch') AS started_at,
      strftime('%Y-%m-%dT%H:%M:%fZ', completed_at / 1e6, 'unixepoch') AS completed_at,
      CASE WHEN completed_at IS NULL THEN 'incomplete' ELSE 'complete' END AS status,
      files,
      others,
      bytes,
      CASE WHEN sha256 IS NOT NULL THEN lower(hex(sha256)) END AS sha256
    FROM file_set;
    \(historyWithSets)
    """

  private static let historyWithSets = """
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
      client,
      CASE kind WHEN 0 THEN 'file' WHEN 1 THEN 'directory' ELSE 'link' END AS kind,
      CASE WHEN mode IS NOT NULL THEN printf('%04o', mode) END AS mode,
      strftime('%Y-%m-%dT%H:%M:%fZ', modified_at / 1e9, 'unixepoch') AS modified_at,
      target,
      set_number
    FROM transfer WHERE status > 0;
    """
}
