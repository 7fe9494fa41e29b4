import XferProtocol

/// The output formats of the history.
public enum HistoryFormat: String, CaseIterable, Sendable {
  /// Columns for people, in local time.
  case table
  /// One JSON array.
  case json
  /// One JSON object per line.
  case jsonl
  /// CSV (RFC 4180) with a header line.
  case csv

  /// Returns all rows as one text. Throws encoding errors.
  public func render(_ entries: [HistoryEntry]) throws -> String {
    var printer = HistoryPrinter(self)
    return try entries.map { try printer.text(of: $0) }.joined() + printer.end()
  }
}
