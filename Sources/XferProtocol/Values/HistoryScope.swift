/// The rows of the history that a client may read.
package enum HistoryScope: String, CaseIterable, Sendable {
  /// The rows of its own transfers.
  case own
  /// All rows, and the stats page.
  case all
  /// No rows.
  case none
}
