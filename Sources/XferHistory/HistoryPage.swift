import GRDB
import XferProtocol

/// A page of the rows that a filter asks for, newest first. Where it names a client or names, they are
/// searched for segment by segment; otherwise the page is a walk back in time.
struct HistoryPage {
  /// How much is on a page at the most; one row is, however long it is.
  struct Bounds {
    let rows: Int
    /// Of texts, which a peer has chosen.
    let bytes: Int
    /// Rows that are looked at, wanted or not; nil: all that are left.
    var reach: Int?
  }

  struct Content {
    var entries: [HistoryEntry] = []
    var last: HistoryPlace?
    /// No row follows.
    var isLast = true
  }

  private let filter: HistoryFilter
  private let last: HistoryPlace?
  private let bounds: Bounds
  private let pattern: NamePattern?

  init(_ filter: HistoryFilter, after last: HistoryPlace?, _ bounds: Bounds) {
    self.filter = filter
    self.last = last
    self.bounds = bounds
    pattern = filter.name.map { NamePattern($0) }.flatMap { $0.isAnything ? nil : $0 }
  }

  func content(_ database: Database) throws -> Content {
    guard try HistorySchema.hasSegments(database) else { return try walk(database, "", nil) }
    let end = try bounds.reach.flatMap { try place(rows: $0, database) }
    var content = try content(database, downTo: end)
    if content.isLast, let end { (content.last, content.isLast) = (end, false) }
    return content
  }

  /// Where so many rows have been looked at; nil where fewer are left.
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
    // Failures are few and have an index of their own, whatever else is asked of them.
    if filter.status == .failed {
      return try walk(database, "INDEXED BY transfer_failed_by_time", end)
    }
    if filter.clientIP != nil || pattern != nil { return try search(database, end) }
    return try walk(database, "INDEXED BY transfer_by_time", end)
  }

  /// In a history that no receiver of this version has opened yet SQLite finds the index itself.
  private func walk(
    _ database: Database, _ index: String, _ end: HistoryPlace?
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

  private func search(_ database: Database, _ end: HistoryPlace?) throws -> Content {
    let search = SegmentSearch(filter, pattern, after: last, downTo: end, limit: bounds.rows)
    let places = try search.places(database)
    let row = try database.cachedStatement(sql: "SELECT * FROM transfer WHERE id = ?")
    var left = places[...]
    return try gather {
      guard let place = left.popFirst() else { return nil }
      return try Row.fetchOne(row, arguments: [place.id])
    }
  }

  /// Takes rows until the page is full.
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
    name.utf8.count + (detail?.utf8.count ?? 0) + clientIP.utf8.count
  }
}
