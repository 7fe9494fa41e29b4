import XferHistory
import XferProtocol

/// The rows that match a filter, page by page.
///
/// Each page is a transaction of its own, because one that stayed open while a client reads slowly
/// would keep SQLite from reusing the write-ahead log. A search that finds few rows is divided as
/// well: its transactions proceed from the newest row to the oldest, and together they examine each
/// row that the history had at the beginning.
struct SQLitePages: HistoryPages {
  private let reader: SQLiteReader
  private let filter: HistoryFilter
  private let rows: Int
  private let bytes: Int
  private let asker: (@Sendable () -> Asker)?
  private var left: Int
  private var last: HistoryPlace?
  private var reach: HistoryReach
  private var work = QuestionWork()

  /// Creates the pages of a filter: see `HistoryReader.pages`. `rows` is the greatest number of
  /// rows on a page.
  init(
    _ filter: HistoryFilter, from reader: SQLiteReader, rows: Int = 1000, bytes: Int = 256 << 10,
    asker: (@Sendable () -> Asker)? = nil, reach: HistoryReach = HistoryReach()
  ) throws(HistoryFilter.Unanswerable) {
    try filter.check()
    self.filter = filter
    self.reader = reader
    (self.rows, self.bytes) = (rows, bytes)
    self.asker = asker
    self.reach = reach
    left = filter.limit == 0 ? Int.max : Int(filter.limit)
  }

  mutating func next() throws -> [HistoryEntry]? {
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
