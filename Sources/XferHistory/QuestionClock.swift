import GRDB
import GRDBSQLite
import Synchronization
import XferSystem

/// Looks at the clock while SQLite works, and breaks off what takes too long
/// (https://sqlite.org/c3ref/progress_handler.html).
final class QuestionClock: Sendable {
  /// Nanoseconds that one transaction of a question may take: while it is open, the write-ahead log cannot be
  /// begun anew.
  static let slice: Int64 = 500_000_000

  private enum Verdict {
    case goOn, sliceIsOver
    case broken(QuestionBrokenOff)
  }

  /// The times of one transaction, in nanoseconds of the monotonic clock.
  private struct Times {
    var begun: Int64 = 0
    var sliceEnd: Int64 = .max
    var end: Int64 = .max
    /// Where the asker says no more.
    var silentEnd: Int64 = .max
    var asker: @Sendable () -> Asker
    var verdict = Verdict.goOn
  }

  /// Steps of SQLite between two looks. One that compares the longest name with the worst pattern takes 4 ms, and
  /// there is one of those in ten.
  private static let steps: Int32 = 100
  /// Nanoseconds between two looks for the asker.
  private static let pause: Int64 = 50_000_000

  private let patience: QuestionPatience
  private let times: Mutex<Times>
  private let lookAt = Atomic<Int64>(0)

  init(_ patience: QuestionPatience) {
    self.patience = patience
    times = Mutex(Times(asker: patience.asker))
  }

  /// From here on a transaction takes its time: all that the question has left, or a slice of it.
  func start(
    _ work: QuestionWork, asker: (@Sendable () -> Asker)? = nil, slice: Int64? = nil
  ) {
    let now = monotonicNanoseconds()
    times.withLock { times in
      times = Times(
        begun: now, sliceEnd: slice.map { now + $0 } ?? .max,
        end: now + work.left(of: patience.seconds), silentEnd: now + work.left(of: 1),
        asker: asker ?? patience.asker)
    }
    lookAt.store(0, ordering: .relaxed)
  }

  /// Nanoseconds since the start.
  var elapsed: Int64 { monotonicNanoseconds() - times.withLock(\.begun) }

  func install(on database: Database) {
    let clock = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_progress_handler(
      database.sqliteConnection, QuestionClock.steps,
      { clock in
        guard let clock else { return 0 }
        return Unmanaged<QuestionClock>.fromOpaque(clock).takeUnretainedValue().isOver ? 1 : 0
      }, clock)
  }

  private var isOver: Bool {
    let now = monotonicNanoseconds()
    guard now >= lookAt.load(ordering: .relaxed) else { return false }
    return times.withLock { times in
      times.verdict = verdict(at: now, times)
      lookAt.store(
        min(now + QuestionClock.pause, times.sliceEnd, times.end), ordering: .relaxed)
      if case .goOn = times.verdict { return false }
      return true
    }
  }

  private func verdict(at now: Int64, _ times: Times) -> Verdict {
    switch times.asker() {
    case .gone: return .broken(.gone)
    case .silent where now >= times.silentEnd: return .broken(.silent)
    default: break
    }
    if now >= times.end { return .broken(.afterWork(of: patience.seconds)) }
    return now >= times.sliceEnd ? .sliceIsOver : .goOn
  }

  /// The error that an error of SQLite means to the asker; nil where no more than the slice is over.
  func translated(_ error: any Error) -> (any Error)? {
    guard (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT else { return error }
    switch times.withLock(\.verdict) {
    case .goOn: return error
    case .sliceIsOver: return nil
    case .broken(let broken): return broken
    }
  }
}
