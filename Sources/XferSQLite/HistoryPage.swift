import GRDB
import XferProtocol

/// A page of the rows that match a filter, newest first.
///
/// If the filter has a client or a pattern of names, the page searches segment by segment.
/// Otherwise it walks back in time.
struct HistoryPage {
  /// The bounds of a page. A page holds at least one row, however long that row is.
  struct Bounds {
    /// The maximum number of rows.
    let rows: Int
    /// The maximum number of bytes in texts, which clients choose.
    let bytes: Int
    /// The maximum number of rows that are examined, matching or not. Nil means all that are left.
    var reach: Int?
  }

  /// The rows of a page, and the place from which the next page continues.
  struct Content {
    var entries: [HistoryEntry] = []
    /// The last place that was examined; nil if there was none.
    var last: HistoryPlace?
    /// True if no row follows.
    var isLast = true
  }

  private let filter: HistoryFilter
  private let last: HistoryPlace?
  private let bounds: Bounds
  private let pattern: NamePattern?

  init(_ filter: HistoryFilter, after last: HistoryPlace?, bounds: Bounds) {
    self.filter = filter
    self.last = last
    self.bounds = bounds
    pattern = filter.name.map { NamePattern($0) }.flatMap { $0.isAnything ? nil : $0 }
  }

  /// Reads the page.
  func content(_ database: Database) throws -> Content {
    if let client = filter.client, Owner.Kind(of: client) == .name,
      try !HistorySchema.hasClientNames(database)
    {
      return Content()
    }
    guard try HistorySchema.hasSegments(database) else {
      return try walk(database, index: "", downTo: nil)
    }
    let end = try bounds.reach.flatMap { try place(rows: $0, database) }
    var content = try content(database, downTo: end)
    if content.isLast, let end { (content.last, content.isLast) = (end, false) }
    return content
  }

  /// Returns the place of the last of `rows` rows; nil if fewer are left.
  private func place(rows: Int, _ database: Database) throws -> HistoryPlace? {
    var conditions = HistoryConditions()
    conditions.add(timeOf: filter, before: last, downTo: nil)
    return try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT finished_at, id FROM transfer INDEXED BY transfer_by_time WHERE \(conditions.sql)
          ORDER BY finished_at DESC, id DESC LIMIT 1 OFFSET ?
          """), arguments: conditions.arguments + [rows - 1]
    ).map(HistoryPlace.init)
  }

  private func content(_ database: Database, downTo end: HistoryPlace?) throws -> Content {
    // Failures are few and have an index of their own, which serves every other condition too.
    if filter.status == .failed {
      return try walk(database, index: "INDEXED BY transfer_failed_by_time", downTo: end)
    }
    if filter.client != nil || pattern != nil { return try search(database, downTo: end) }
    return try walk(database, index: "INDEXED BY transfer_by_time", downTo: end)
  }

  /// Reads rows in the order of time. `index` is empty for a history that no receiver of this
  /// version has opened yet, so that SQLite chooses the index.
  private func walk(
    _ database: Database, index: String, downTo end: HistoryPlace?
  ) throws -> Content {
    var conditions = HistoryConditions()
    conditions.add(timeOf: filter, before: last, downTo: end)
    conditions.add(statusOf: filter)
    conditions.add(clientOf: filter)
    if let pattern {
      conditions.add(rangeOf: pattern)
      conditions.add(globOf: pattern)
    }
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT * FROM transfer \(index) WHERE \(conditions.sql)
          ORDER BY finished_at DESC, id DESC LIMIT ?
          """), arguments: conditions.arguments + [bounds.rows])
    return try gather(rows.next)
  }

  private func search(_ database: Database, downTo end: HistoryPlace?) throws -> Content {
    let search = SegmentSearch(
      filter, pattern: pattern, after: last, downTo: end, limit: bounds.rows)
    let places = try search.places(database)
    let row = try database.cachedStatement(sql: "SELECT * FROM transfer WHERE id = ?")
    var left = places[...]
    return try gather {
      guard let place = left.popFirst() else { return nil }
      return try Row.fetchOne(row, arguments: [place.id])
    }
  }

  /// Collects rows until the page is full or no row is left.
  private func gather(_ next: () throws -> Row?) throws -> Content {
    var (content, rows, bytes) = (Content(), 0, 0)
    while rows < bounds.rows, bytes < bounds.bytes {
      guard let row = try next() else { return content }
      rows += 1
      content.last = HistoryPlace(row)
      guard let entry = HistoryEntry(row: row) else { continue }
      bytes += entry.textBytes
      content.entries.append(entry)
    }
    content.isLast = false
    return content
  }
}

extension HistoryEntry {
  fileprivate var textBytes: Int {
    name.utf8.count + (detail?.utf8.count ?? 0) + client.description.utf8.count
  }
}
