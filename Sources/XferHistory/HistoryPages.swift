import GRDB
import XferProtocol

/// The rows that a filter asks for, page by page. Each page is a transaction of its own: one that stayed open
/// while a peer reads slowly would keep the write-ahead log from being used again.
public struct HistoryPages: Sendable {
  private let filter: HistoryFilter
  private let bounds: HistoryPage.Bounds
  private var left: Int
  private var last: HistoryPlace?

  /// Throws `HistoryFilter.Unanswerable`.
  public init(_ filter: HistoryFilter, bytes: Int = 256 << 10) throws {
    try filter.check()
    self.filter = filter
    bounds = HistoryPage.Bounds(rows: 1000, bytes: bytes)
    left = filter.limit == 0 ? Int.max : Int(filter.limit)
  }

  /// The next page, by a way to read; nil behind the last one.
  public mutating func next(from reader: HistoryReader) throws -> [HistoryEntry]? {
    try next { try reader.read($0) }
  }

  mutating func next(
    _ read: ((Database) throws -> HistoryPage.Content) throws -> HistoryPage.Content
  ) throws -> [HistoryEntry]? {
    guard left > 0 else { return nil }
    let bounds = HistoryPage.Bounds(rows: min(left, bounds.rows), bytes: bounds.bytes)
    let page = HistoryPage(filter, after: last, bounds)
    let content = try read(page.content)
    left = content.isLast ? 0 : left - content.entries.count
    last = content.last
    return content.last == nil ? nil : content.entries
  }
}
