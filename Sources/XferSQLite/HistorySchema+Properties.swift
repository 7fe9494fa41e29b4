// A migration: directories, links, and the properties of files.
extension HistorySchema {
  /// Adds the kind and the properties of each file.
  ///
  /// - `kind`: 0 a regular file, 1 a directory, 2 a symbolic link.
  /// - `mode`: the permission bits that the file got; NULL if it got none from its sender.
  /// - `modified_at`: the time of the last change that it got, in nanoseconds since 1970; NULL if it
  ///   got none.
  /// - `target`: the target of a link, in the form of `name`; NULL for other files.
  static let properties = """
    ALTER TABLE transfer ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE transfer ADD COLUMN mode INTEGER;
    ALTER TABLE transfer ADD COLUMN modified_at INTEGER;
    ALTER TABLE transfer ADD COLUMN target TEXT;
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
      target
    FROM transfer WHERE status > 0;
    """
}
