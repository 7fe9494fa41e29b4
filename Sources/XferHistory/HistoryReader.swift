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

  /// Returns the sums of the files of a set that are delivered now.
  func totals(ofSet number: Int64) throws -> SetTotals

  /// Calls `body` with each set that matches, newest first.
  func sets(_ filter: SetFilter, _ body: (SetEntry) throws -> Void) throws

  /// Returns a set; nil if there is none. `text` is its id in hexadecimal digits, its number, or the
  /// name of which it is the newest. `owner` is the key of the client to which it must belong; nil
  /// for any.
  func set(_ text: String, of owner: String?) throws -> SetEntry?

  /// Calls `body` with each delivered file of a set, sorted by name.
  func members(ofSet number: Int64, _ body: (SetMember) throws -> Void) throws

  /// Calls `body` with each file of a set that was announced or offered and is not delivered.
  func missing(ofSet number: Int64, _ body: (SetMember) throws -> Void) throws

  /// Returns the progress of the hooks.
  func hookState() throws -> HookState

  /// Returns the events of a kind after a position, at most `limit` of them, in their order. Files
  /// are events, directories and links are not. Rows that are recorded and not published yet are
  /// not passed by.
  func events(_ kind: HookKind, after position: Int64, limit: Int) throws -> HookEvents

  /// Returns the last event of a kind, and 0 if there is none. It may not be published yet.
  func newestEvent(_ kind: HookKind) throws -> Int64

  /// Returns one event; nil if its row was removed.
  func event(_ kind: HookKind, _ item: Int64) throws -> HookEvent?

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
