/// The numbers of failed rows that the history keeps.
///
/// Any client can fail under an unlimited number of names, and each name makes a row. A failure
/// beyond a bound therefore replaces the oldest failed row, so that the database file stops
/// growing. The totals still count the removed failures.
package struct FailureBounds: Sendable {
  /// The bound for one client. So many rows take about 5 MB, or 140 MB if names and details
  /// have their maximum length.
  package var ofClient: Int64 = 10_000
  /// The bound for all clients together, because addresses are cheap: as many rows as a hundred
  /// clients have at their own bound.
  package var ofAll: Int64 = 1_000_000

  /// Creates the default bounds.
  package init() {}
}
