import XferProtocol
import XferSystem

/// Reads the history and never changes it. Any number of readers may work beside the writer.
///
/// A method throws `QuestionBrokenOff` if it takes longer than the reader's `QuestionPatience` or
/// its client is gone.
package protocol HistoryReader: Sendable {
  /// Returns the rows that match a filter, newest first, page by page.
  ///
  /// - Parameters:
  ///   - bytes: The number of bytes in texts after which a page ends.
  ///   - asker: Returns the state of the client that asks. The default is the function of the
  ///     reader's `QuestionPatience`; a reader that answers several clients needs one for each.
  /// - Throws: `HistoryFilter.Unanswerable` if the pattern of names is too long.
  func pages(
    _ filter: HistoryFilter, bytes: Int, asker: (@Sendable () -> Asker)?
  ) throws(HistoryFilter.Unanswerable) -> any HistoryPages

  /// Returns the figures of the stats page. `now` is the end of the last minute and the last hour.
  func summary(now: Timestamp) throws -> HistorySummary

  /// Returns true if this delivery, or another one with the same content, is the last one under its
  /// name.
  func isLatest(_ entry: HistoryEntry) throws -> Bool
}

/// The rows that match a filter, page by page. Each page is a transaction of its own, so that a
/// client that reads slowly holds nothing up.
package protocol HistoryPages: Sendable {
  /// Returns the next rows; nil after the last row. The array is empty if a transaction ended
  /// before it found a row and the search continues. Throws `QuestionBrokenOff` if the query takes
  /// too long or its client is gone.
  mutating func next() throws -> [HistoryEntry]?
}

extension HistoryReader {
  /// Returns the figures of the stats page as of now.
  package func summary() throws -> HistorySummary { try summary(now: .now) }
}
