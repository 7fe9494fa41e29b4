import XferProtocol

extension HistoryReader {
  /// Calls `body` with each matching row, newest first, without keeping all rows in memory.
  ///
  /// Rows that are added meanwhile are newer than the first one and are not included. Throws
  /// `HistoryFilter.Unanswerable` if the pattern of names is too long, and `QuestionBrokenOff` if
  /// the query takes too long or its client is gone.
  package func entries(_ filter: HistoryFilter, _ body: (HistoryEntry) throws -> Void) throws {
    var pages = try pages(filter, bytes: 256 << 10, asker: nil)
    while let page = try pages.next() {
      for entry in page { try body(entry) }
    }
  }

  /// Returns all matching rows, newest first. Throws the same errors as the method that takes a
  /// closure.
  package func entries(_ filter: HistoryFilter) throws -> [HistoryEntry] {
    var list: [HistoryEntry] = []
    try entries(filter) { list.append($0) }
    return list
  }
}
