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
    var last: HistoryPlace?
    while left > 0 {
      let count = min(left, HistoryReader.page)
      let page = HistoryPage(filter, after: last, limit: count)
      let rows = try queue.read(page.rows)
      for entry in rows.compactMap(HistoryEntry.init) { try body(entry) }
      guard rows.count == count else { return }
      left -= count
      last = rows.last.map(HistoryPlace.init)
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
