import GRDB
import XferProtocol

/// The rows that a filter asks for, page by page. Each page is a transaction of its own: one that stayed open
/// while a peer reads slowly would keep the write-ahead log from being used again. A search that
/// finds little is divided, too: its transactions follow each other down the history, and each row that was there at the
/// beginning is looked at in one of them.
public struct HistoryPages: Sendable {
  private let filter: HistoryFilter
  private let rows: Int
  private let bytes: Int
  private let asker: (@Sendable () -> Asker)?
  private var left: Int
  private var last: HistoryPlace?
  private var reach: HistoryReach
  private var work = QuestionWork()

  /// `asker` tells of who asks this question, where its reader answers several. Throws
  /// `HistoryFilter.Unanswerable`.
  public init(
    _ filter: HistoryFilter, bytes: Int = 256 << 10, asker: (@Sendable () -> Asker)? = nil
  ) throws {
    try self.init(filter, bytes: bytes, asker: asker, reach: HistoryReach())
  }

  init(
    _ filter: HistoryFilter, rows: Int = 1000, bytes: Int = 256 << 10,
    asker: (@Sendable () -> Asker)? = nil, reach: HistoryReach
  ) throws {
    try filter.check()
    self.filter = filter
    (self.rows, self.bytes) = (rows, bytes)
    self.asker = asker
    self.reach = reach
    left = filter.limit == 0 ? Int.max : Int(filter.limit)
  }

  /// The next rows; none where the search has come no further than to a place behind which it goes on; nil
  /// behind the last one. Throws `QuestionBrokenOff`.
  public mutating func next(from reader: HistoryReader) throws -> [HistoryEntry]? {
    guard left > 0 else { return nil }
    let page = HistoryPage(
      filter, after: last, .init(rows: min(left, rows), bytes: bytes, reach: reach.rows))
    guard let content = try reader.slice(&work, &reach, asker, page.content) else { return [] }
    work.pay(rows: content.entries.count)
    left = content.isLast ? 0 : left - content.entries.count
    last = content.last
    return content.last == nil ? nil : content.entries
  }
}
