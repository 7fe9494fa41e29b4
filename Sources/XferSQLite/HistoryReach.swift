/// The number of rows, matching or not, that one transaction of a query examines.
struct HistoryReach: Sendable {
  /// The reach from which on it is not doubled: more rows than any history has.
  static let maximum = 1 << 40

  /// Nil means all rows that are left.
  private(set) var rows: Int?

  init(rows: Int? = nil) { self.rows = rows }

  /// Reduces the reach after a transaction that took too long. Five steps suffice for the most
  /// expensive rows, which take 4 ms each.
  mutating func shorten() { rows = rows.map { max($0 / 8, 1) } ?? 1 << 16 }

  /// Doubles the reach after a transaction that was much shorter than `QuestionClock.slice`.
  mutating func adapt(to nanoseconds: Int64) {
    if nanoseconds < QuestionClock.slice / 4 {
      rows = rows.map { min($0 * 2, HistoryReach.maximum) }
    }
  }
}
