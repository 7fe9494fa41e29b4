/// The output formats of the history.
package enum HistoryFormat: String, CaseIterable, Sendable {
  /// Columns for people, in local time.
  case table
  /// One JSON array.
  case json
  /// One JSON object per line.
  case jsonl
  /// CSV (RFC 4180) with a header line.
  case csv
}
