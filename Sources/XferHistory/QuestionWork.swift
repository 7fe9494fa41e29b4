/// The time that SQLite has worked for one question, and that its rows have not paid for. The time that an asker
/// takes to read is not in it, so that a slow one is served to the end.
///
/// A row pays for a millisecond, some fifty times what a row of a plain export costs, and never in advance:
/// a long search after a million cheap rows has no more time than one at the beginning.
struct QuestionWork: Sendable {
  private static let second: Int64 = 1_000_000_000
  private static let row: Int64 = second / 1000

  private var unpaid: Int64 = 0

  mutating func add(_ nanoseconds: Int64) { unpaid += nanoseconds }

  mutating func pay(rows: Int) { unpaid = max(0, unpaid - Int64(rows) * QuestionWork.row) }

  /// Nanoseconds that were added to what `earlier` was.
  func time(since earlier: QuestionWork) -> Int64 { unpaid - earlier.unpaid }

  /// Nanoseconds that are left of so many seconds.
  func left(of seconds: Int) -> Int64 { max(0, Int64(seconds) * QuestionWork.second - unpaid) }
}
