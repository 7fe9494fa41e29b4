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

  /// Gives each matching row to `body`, newest first, without holding them all.
  public func entries(_ filter: HistoryFilter, _ body: (HistoryEntry) throws -> Void) throws {
    let query = HistorySelect(filter)
    try queue.read { database in
      let rows = try Row.fetchCursor(database, sql: query.sql, arguments: query.arguments)
      while let row = try rows.next() {
        if let entry = HistoryEntry(row: row) { try body(entry) }
      }
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

/// The SQL of a filter.
private struct HistorySelect {
  let sql: String
  let arguments: StatementArguments

  init(_ filter: HistoryFilter) {
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
    let limit = filter.limit == 0 ? "" : " LIMIT \(filter.limit)"
    sql =
      "SELECT * FROM transfer WHERE \(conditions.joined(separator: " AND "))"
      + " ORDER BY finished_at DESC, id DESC\(limit)"
    self.arguments = arguments
  }
}
