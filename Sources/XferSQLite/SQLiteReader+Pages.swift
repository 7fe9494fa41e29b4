import XferHistory
import XferProtocol

// The reader as the contract of XferHistory names it.
extension SQLiteReader: HistoryReader {
  /// Returns the rows that match a filter, newest first, page by page.
  package func pages(
    _ filter: HistoryFilter, bytes: Int, asker: (@Sendable () -> Asker)?
  ) throws(HistoryFilter.Unanswerable) -> any HistoryPages {
    try SQLitePages(filter, from: self, bytes: bytes, asker: asker)
  }
}
