import GRDB
import XferProtocol

/// A page of the rows that a filter asks for, newest first. There are two ways to it, and neither is
/// short for all names:
///
/// - walking back in time, in the whole history, a client's part of it or the failures, until
///   enough names match: short where many do
/// - taking all names with the wanted beginning, and sorting: short where few do
///
/// Which it is to be is found out by looking a bounded way ahead on both.
struct HistoryPage {
  /// Names that are always sorted: not worth a look at how many there are in the walk's way.
  private static let fewNames = 10_000
  /// Rows that are walked for each one wanted, before sorting is thought to be shorter.
  private static let walked = 200

  private let filter: HistoryFilter
  private let last: HistoryPlace?
  private let limit: Int
  private let pattern: NamePattern?

  init(_ filter: HistoryFilter, after last: HistoryPlace?, limit: Int) {
    self.filter = filter
    self.last = last
    self.limit = limit
    pattern = filter.name.map(NamePattern.init)
  }

  func rows(_ database: Database) throws -> [Row] {
    guard let pattern, !pattern.prefix.isEmpty else { return try walk(database) }
    if try isRare(pattern, database) { return try sort(pattern, database) }
    // Failures are few and have an index of their own; the names of all others would be sorted.
    if filter.status == .failed { return try walk(database) }
    guard let end = try endOfLook(database) else { return try walk(database) }
    let newest = try walk(database, to: end)
    return newest.count == limit ? newest : try sort(pattern, database)
  }

  // The ways, each for itself: the tests compare them.

  /// As far back as `end`, if it is given, and without the rows of that moment.
  func walk(_ database: Database, to end: Int64? = nil) throws -> [Row] {
    var conditions = wayConditions(to: end)
    if let pattern { conditions.add(pattern) }
    conditions.add(statusOf: filter)
    return try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM transfer \(way) WHERE \(conditions.sql)
        ORDER BY finished_at DESC, id DESC LIMIT \(limit)
        """, arguments: conditions.arguments)
  }

  /// The index alone gives the order; only rows of the page are read.
  func sort(_ pattern: NamePattern, _ database: Database) throws -> [Row] {
    var conditions = HistoryConditions()
    conditions.add(pattern)
    conditions.add(timeOf: filter, before: last)
    conditions.add(clientOf: filter)
    // A status is not in the index: rows that have another are passed over here.
    let most = filter.status == .all ? limit : -1
    let ids = try Int64.fetchCursor(
      database,
      sql: """
        SELECT id FROM transfer INDEXED BY transfer_by_name WHERE \(conditions.sql)
        ORDER BY finished_at DESC, id DESC LIMIT \(most)
        """, arguments: conditions.arguments)
    return try rows(ids, database)
  }

  private func rows(_ ids: some Cursor<Int64>, _ database: Database) throws -> [Row] {
    let one = try database.cachedStatement(
      sql: "SELECT * FROM transfer WHERE id = ? AND status & ? > 0")
    var rows: [Row] = []
    while rows.count < limit, let id = try ids.next() {
      if let row = try Row.fetchOne(one, arguments: [id, filter.status.rawValue]) {
        rows.append(row)
      }
    }
    return rows
  }

  // Looking ahead.

  private func isRare(_ pattern: NamePattern, _ database: Database) throws -> Bool {
    var conditions = HistoryConditions()
    conditions.add(rangeOf: pattern)
    let counted = try Row.fetchOne(
      database,
      sql: """
        SELECT 1 FROM transfer INDEXED BY transfer_by_name WHERE \(conditions.sql)
        LIMIT 1 OFFSET \(HistoryPage.fewNames)
        """, arguments: conditions.arguments)
    return counted == nil
  }

  /// The moment at which the look ahead on the walk ends; nil where the walk itself ends before.
  private func endOfLook(_ database: Database) throws -> Int64? {
    let conditions = wayConditions(to: nil)
    return try Int64.fetchOne(
      database,
      sql: """
        SELECT finished_at FROM transfer \(way) WHERE \(conditions.sql)
        ORDER BY finished_at DESC LIMIT 1 OFFSET \(HistoryPage.walked * limit)
        """, arguments: conditions.arguments)
  }

  /// Failures have an index of their own, which a history of an earlier version lacks: SQLite finds it.
  private var way: String {
    if filter.clientIP != nil { return "INDEXED BY transfer_by_client" }
    return filter.status == .failed ? "" : "INDEXED BY transfer_by_time"
  }

  private func wayConditions(to end: Int64?) -> HistoryConditions {
    var conditions = HistoryConditions()
    conditions.add(clientOf: filter)
    if filter.status == .failed { conditions.add(statusOf: filter) }
    conditions.add(timeOf: filter, after: end, before: last)
    return conditions
  }
}
