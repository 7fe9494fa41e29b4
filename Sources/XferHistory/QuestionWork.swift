import Glibc
import XferSystem

/// What SQLite has done for one question, and its rows have not paid for. The time that an asker takes to read is
/// not in it, so that a slow one is served to the end.
///
/// A row pays for a millisecond, some fifty times what a row of a plain export costs, and never in advance:
/// a long search after a million cheap rows has no more time than one at the beginning.
struct QuestionWork: Sendable {
  private static let second: Int64 = 1_000_000_000
  private static let row: Int64 = second / 1000

  private var unpaid: Int64 = 0

  mutating func add(_ nanoseconds: Int64) { unpaid += nanoseconds }

  mutating func pay(rows: Int) { unpaid = max(0, unpaid - Int64(rows) * QuestionWork.row) }

  /// Nanoseconds that are left of so many seconds.
  func left(of seconds: Int) -> Int64 { max(0, Int64(seconds) * QuestionWork.second - unpaid) }
}

/// A moment in the work of a thread.
struct WorkMoment {
  /// Nanoseconds of the monotonic clock, and of the processor.
  let time = monotonicNanoseconds()
  private let processor: Int64

  init() {
    var moment = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &moment)
    processor = Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
  }

  /// Nanoseconds of work. Waiting, for the disk or on a busy machine for the processor, is a tenth of it: questions
  /// that others slow down are answered, and none takes for ever.
  func work(since earlier: WorkMoment) -> Int64 {
    max(processor - earlier.processor, (time - earlier.time) / 10)
  }
}
