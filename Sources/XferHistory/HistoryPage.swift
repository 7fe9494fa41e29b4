import GRDB
import XferProtocol

/// A page of the rows that a filter asks for, newest first. Where it names a client or names, they are
/// searched for segment by segment; otherwise the page is a walk back in time.
struct HistoryPage {
  private let filter: HistoryFilter
  private let last: HistoryPlace?
  private let limit: Int
  private let pattern: NamePattern?

  init(_ filter: HistoryFilter, after last: HistoryPlace?, limit: Int) {
    self.filter = filter
    self.last = last
    self.limit = limit
    pattern = filter.name.map { NamePattern($0) }.flatMap { $0.isAnything ? nil : $0 }
  }

  func rows(_ database: Database) throws -> [Row] {
    guard try HistorySchema.hasSegments(database) else { return try walk(database, "") }
    // Failures are few and have an index of their own, whatever else is asked of them.
    if filter.status == .failed {
      return try walk(database, "INDEXED BY transfer_failed_by_time")
    }
    if filter.clientIP != nil || pattern != nil { return try search(database) }
    return try walk(database, "INDEXED BY transfer_by_time")
  }

  /// In a history that no receiver of this version has opened yet SQLite finds the index itself.
  private func walk(_ database: Database, _ index: String) throws -> [Row] {
    var conditions = HistoryConditions()
    conditions.add(timeOf: filter, before: last)
    conditions.add(statusOf: filter)
    conditions.add(clientOf: filter)
    if let pattern {
      conditions.add(rangeOf: pattern)
      conditions.add(globOf: pattern)
    }
    return try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM transfer \(index) WHERE \(conditions.sql)
        ORDER BY finished_at DESC, id DESC LIMIT \(limit)
        """, arguments: conditions.arguments)
  }

  private func search(_ database: Database) throws -> [Row] {
    let places = try SegmentSearch(filter, pattern, after: last, limit: limit).places(database)
    let row = try database.cachedStatement(sql: "SELECT * FROM transfer WHERE id = ?")
    return try places.compactMap { try Row.fetchOne(row, arguments: [$0.id]) }
  }
}
