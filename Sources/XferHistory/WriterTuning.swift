import GRDB

/// How SQLite works for the recorder. What bounds it is writing: each row puts an entry at a random
/// place of `transfer_once`, and SQLite writes whole pages, to the log and then to the database.
enum WriterTuning {
  /// Half of SQLite's own, and so half as much for each of those pages. A history keeps the size
  /// that it was made with.
  private static let pageBytes = 2048
  /// What a group changes, and the upper pages of the indexes; what is below them the kernel keeps.
  private static let cacheBytes = 8 << 20
  /// Pages that several groups change are copied to the database once for all of them.
  private static let checkpointBytes = 32 << 20
  /// What one great transaction, as an upgrade is, has added to the log is given back.
  private static let keptLogBytes = 48 << 20

  static func apply(to database: Database) throws {
    try database.execute(sql: "PRAGMA page_size = \(pageBytes)")
    try database.execute(sql: "PRAGMA cache_size = -\(cacheBytes >> 10)")
    let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? pageBytes
    // These two answer with a row.
    _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = \(checkpointBytes / page)")
    _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(keptLogBytes)")
  }
}
