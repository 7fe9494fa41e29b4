import XferSystem

/// The limits of age for rows. Recorded rows are never removed. The newest row of the table is not
/// removed either, so that ids keep growing.
package struct PruneLimits: Equatable, Sendable {
  /// Failed rows that finished before this time are removed. Nil keeps them.
  package var failedBefore: Timestamp?
  /// All rows that finished before this time are removed. Nil keeps them.
  package var before: Timestamp?

  /// Creates limits. Without an argument no row is removed.
  package init(failedBefore: Timestamp? = nil, before: Timestamp? = nil) {
    self.failedBefore = failedBefore
    self.before = before
  }
}
