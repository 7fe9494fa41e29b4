import GRDB

/// The settings of SQLite for the recorder (https://sqlite.org/pragma.html).
///
/// Writing limits the recorder: each row adds an entry at a random place of `transfer_once`, and
/// SQLite writes whole pages, first to the log and then to the database.
enum WriterTuning {
  /// Half of SQLite's default, so that each of those pages costs half as much. A history keeps the
  /// page size with which it was created.
  private static let pageBytes = 2048
  /// Enough for the pages that a group changes and the upper pages of the indexes. The kernel's
  /// page cache keeps the lower ones.
  private static let cacheBytes = 8 << 20
  /// The size of the log that starts a checkpoint. Pages that several groups change are copied to
  /// the database once for all of them.
  private static let checkpointBytes = 32 << 20
  /// The size to which SQLite truncates the log after a large transaction such as a migration.
  private static let keptLogBytes = 48 << 20

  /// Applies the settings to a new connection.
  static func apply(to database: Database) throws {
    try database.execute(sql: "PRAGMA page_size = \(pageBytes)")
    try database.execute(sql: "PRAGMA cache_size = -\(cacheBytes >> 10)")
    let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? pageBytes
    // These two statements return a row.
    _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = \(checkpointBytes / page)")
    _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(keptLogBytes)")
  }
}
