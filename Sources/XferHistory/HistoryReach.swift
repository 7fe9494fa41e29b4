/// How many rows of the history, wanted or not, one transaction of a question looks at.
struct HistoryReach: Sendable {
  /// Nil: all that are left.
  private(set) var rows: Int?

  init(rows: Int? = nil) { self.rows = rows }

  /// They were too many for one transaction. What costs most, 4 ms a row, is found in five steps.
  mutating func shorten() { rows = rows.map { max($0 / 8, 1) } ?? 1 << 16 }

  /// They took so many nanoseconds; twice as many may do as well.
  mutating func adapt(to nanoseconds: Int64) {
    if nanoseconds < QuestionClock.slice / 4 { rows = rows.map { $0 * 2 } }
  }
}
