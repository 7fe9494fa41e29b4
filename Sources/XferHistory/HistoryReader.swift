import GRDB
import XferProtocol
import XferSystem

/// Asks the history, and never changes it. Any number of readers may work beside the writer.
public final class HistoryReader: Sendable {
  private let queue: DatabaseQueue

  /// Throws `HistoryUnusable` where there is no history.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let mark = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
      guard mark == HistorySchema.applicationID else {
        throw HistoryUnusable(path, "is not a history of xfer")
      }
    } catch let unusable as HistoryUnusable {
      throw unusable
    } catch {
      throw HistoryUnusable(path, error)
    }
  }

  /// Rows that are read in one transaction: one that stayed open while a peer reads slowly would
  /// keep the write-ahead log from being used again.
  private static let page = 1000

  /// Gives each matching row to `body`, newest first, without holding them all. What is added
  /// meanwhile is newer than the first and not among them.
  public func entries(_ filter: HistoryFilter, _ body: (HistoryEntry) throws -> Void) throws {
    var left = filter.limit == 0 ? Int.max : Int(filter.limit)
    var last: Row?
    while left > 0 {
      let count = min(left, HistoryReader.page)
      let query = HistorySelect(filter, after: last, limit: count)
      let rows = try queue.read { database in
        try Row.fetchAll(database, sql: query.sql, arguments: query.arguments)
      }
      for entry in rows.compactMap(HistoryEntry.init) { try body(entry) }
      guard rows.count == count else { return }
      left -= count
      last = rows.last
    }
  }

  public func entries(_ filter: HistoryFilter) throws -> [HistoryEntry] {
    var list: [HistoryEntry] = []
    try entries(filter) { list.append($0) }
    return list
  }

  func copyHistory(to copy: DatabaseQueue) throws { try queue.backup(to: copy) }

  public func summary(now: Timestamp = .now) throws -> HistorySummary {
    try queue.read { try HistorySummary(database: $0, now: now) }
  }
}

/// The SQL of a page of a filter's rows.
private struct HistorySelect {
  let sql: String
  let arguments: StatementArguments

  init(_ filter: HistoryFilter, after last: Row?, limit: Int) {
    var conditions = ["status > 0"]
    var arguments: StatementArguments = []
    func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
      guard let value else { return }
      conditions.append(condition)
      arguments += [value]
    }
    add("finished_at >= ?", filter.since?.microseconds)
    add("finished_at < ?", filter.until?.microseconds)
    add("client_ip = ?", filter.clientIP)
    add("name GLOB ?", filter.name)
    add("status = ?", filter.status == .all ? nil : filter.status.rawValue)
    if let last {
      conditions.append("(finished_at, id) < (?, ?)")
      arguments += [last["finished_at"] as Int64, last["id"] as Int64]
    }
    sql =
      "SELECT * FROM transfer WHERE \(conditions.joined(separator: " AND "))"
      + " ORDER BY finished_at DESC, id DESC LIMIT \(limit)"
    self.arguments = arguments
  }
}
