import GRDB
import XferProtocol

/// The newest delivery under a name. The order is that in which the transfers were recorded,
/// regardless of the clock.
struct LatestDelivery {
  private let row: Row

  /// Finds the newest delivery; nil if there is none at or after the row `first`.
  ///
  /// The search uses the index by name, segment by segment. A history that no receiver of this
  /// version has opened may have no segments. SQLite then chooses the index.
  init?(of name: String, since first: Int64, _ database: Database) throws {
    let hasSegments = try HistorySchema.hasSegments(database)
    let sql = hasSegments ? LatestDelivery.bySegment : LatestDelivery.plain
    let row = try Row.fetchOne(
      database.cachedStatement(sql: sql), arguments: ["first": first, "name": name])
    guard let row else { return nil }
    self.row = row
  }

  /// Returns true if the newest delivery has this row id or the same content.
  func `is`(_ id: Int64, digest: Digest?) -> Bool {
    row["id"] == id || (digest != nil && row["sha256"] == digest?.data)
  }

  private static let bySegment = """
    SELECT transfer.id, transfer.sha256
    FROM segment CROSS JOIN transfer INDEXED BY transfer_by_name ON transfer.id >> 14 = +segment.id
    WHERE segment.id >= :first >> 14 AND transfer.status > 0 AND transfer.name = :name
      AND transfer.status = 1
    ORDER BY segment.id DESC, transfer.id DESC LIMIT 1
    """

  private static let plain = """
    SELECT id, sha256 FROM transfer WHERE id >= :first AND name = :name AND status = 1
    ORDER BY id DESC LIMIT 1
    """
}
