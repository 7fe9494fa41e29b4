import Glibc
import XferSystem

/// The work of SQLite for one query, less a credit for each row of the result. The time that a
/// client takes to read is not included, so that a slow client receives the whole result.
///
/// The credit of a row is one millisecond, about fifty times the cost of a row in a plain export.
/// It never accumulates: a long search after a million cheap rows has no more time than one at the
/// beginning.
struct QuestionWork: Sendable {
  private static let second: Int64 = 1_000_000_000
  private static let row: Int64 = second / 1000

  /// Nanoseconds.
  private var used: Int64 = 0

  mutating func add(_ nanoseconds: Int64) { used += nanoseconds }

  mutating func credit(rows: Int) { used = max(0, used - Int64(rows) * QuestionWork.row) }

  /// Returns the number of nanoseconds that are left of so many seconds.
  func left(of seconds: Int) -> Int64 { max(0, Int64(seconds) * QuestionWork.second - used) }
}

/// A moment in the work of the calling thread.
struct WorkMoment {
  /// Nanoseconds of the monotonic clock.
  let time = monotonicNanoseconds()
  /// Nanoseconds of processor time (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID).
  private let processor: Int64

  init() {
    var moment = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &moment)
    processor = Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
  }

  /// Returns the nanoseconds of work since an earlier moment: the processor time, or a tenth of the
  /// elapsed time if that is more.
  ///
  /// A query that waits for the disk or for a busy processor therefore has ten times as long, and
  /// no query runs forever.
  func work(since earlier: WorkMoment) -> Int64 {
    max(processor - earlier.processor, (time - earlier.time) / 10)
  }
}
