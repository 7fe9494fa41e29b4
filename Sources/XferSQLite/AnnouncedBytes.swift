import GRDB
import XferProtocol

/// The bytes of announced lists that are kept for each client. They are counted in the history once
/// and in memory from then on, because a client may announce many parts.
final class AnnouncedBytes {
  /// The maximum number of bytes that are kept for one client.
  private static let most: Int64 = 256 << 20
  /// A part counts as at least this many bytes, so that the number of parts is bounded, too.
  private static let least: Int64 = 4096
  /// The number of clients for which the bytes are remembered.
  private static let clients = 1000

  private var known: [String: Int64] = [:]

  /// Counts a part of `count` bytes. Returns false if it exceeds the bound of its client. Bytes of
  /// sets that are over by now are counted until the bound is met for the first time.
  func admits(_ client: Client, _ count: Int, in database: Database) throws -> Bool {
    let size = max(Int64(count), AnnouncedBytes.least)
    var kept = try known[client.key] ?? read(client, database)
    if kept + size > AnnouncedBytes.most, known[client.key] != nil {
      kept = try read(client, database)
    }
    let fits = kept + size <= AnnouncedBytes.most
    if known.count >= AnnouncedBytes.clients { known = [:] }
    known[client.key] = fits ? kept + size : kept
    return fits
  }

  private func read(_ client: Client, _ database: Database) throws -> Int64 {
    try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT sum(max(length(names), ?)) FROM announced_file WHERE set_number IN (
            SELECT id FROM file_set INDEXED BY file_set_open
            WHERE \(HistorySchema.key) = ? AND completed_at IS NULL)
          """), arguments: [AnnouncedBytes.least, client.key]) ?? 0
  }
}
