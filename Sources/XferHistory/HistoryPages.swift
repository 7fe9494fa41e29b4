import GRDB
import XferProtocol

/// The rows that match a filter, page by page.
///
/// Each page is a transaction of its own, because one that stayed open while a client reads slowly
/// would keep SQLite from reusing the write-ahead log. A search that finds few rows is divided as
/// well: its transactions proceed from the newest row to the oldest, and together they examine each
/// row that the history had at the beginning.
package struct HistoryPages: Sendable {
  private let filter: HistoryFilter
  private let rows: Int
  private let bytes: Int
  private let asker: (@Sendable () -> Asker)?
  private var left: Int
  private var last: HistoryPlace?
  private var reach: HistoryReach
  private var work = QuestionWork()

  /// Creates the pages of a filter.
  ///
  /// - Parameters:
  ///   - bytes: The number of bytes in texts after which a page ends.
  ///   - asker: Returns the state of the client that asks. The default is the function of the
  ///     reader's `QuestionPatience`; a reader that answers several clients needs one for each.
  /// - Throws: `HistoryFilter.Unanswerable` if the pattern of names is too long.
  package init(
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

  /// Returns the next rows; nil after the last row. The array is empty if a transaction ended
  /// before it found a row and the search continues. Throws `QuestionBrokenOff` if the query takes
  /// too long or its client is gone.
  package mutating func next(from reader: HistoryReader) throws -> [HistoryEntry]? {
    guard left > 0 else { return nil }
    let page = HistoryPage(
      filter, after: last,
      bounds: .init(rows: min(left, rows), bytes: bytes, reach: reach.rows))
    guard
      let content = try reader.slice(work: &work, reach: &reach, asker: asker, page.content)
    else { return [] }
    work.credit(rows: content.entries.count)
    left = content.isLast ? 0 : left - content.entries.count
    last = content.last
    return content.last == nil ? nil : content.entries
  }
}
