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

  /// One transaction, which the thread that starts the clock works for.
  private struct Turn {
    var begun = WorkMoment()
    var sliceEnd: Int64 = .max
    /// Nanoseconds of work.
    var left: Int64 = .max
    /// Where the asker says no more.
    var leftInSilence: Int64 = .max
    var asker: @Sendable () -> Asker
    var verdict = Verdict.goOn
  }

  /// Steps of SQLite between two looks. One that compares the longest name with the worst pattern takes 4 ms, and
  /// there is one of those in ten.
  private static let steps: Int32 = 100
  /// Nanoseconds between two looks for the asker.
  private static let pause: Int64 = 50_000_000

  private let patience: QuestionPatience
  private let turn: Mutex<Turn>
  private let lookAt = Atomic<Int64>(0)

  init(_ patience: QuestionPatience) {
    self.patience = patience
    turn = Mutex(Turn(asker: patience.asker))
  }

  /// From here on a transaction takes its time: all that the question has left, or a slice of it.
  func start(
    _ work: QuestionWork, asker: (@Sendable () -> Asker)? = nil, slice: Int64? = nil
  ) {
    turn.withLock { turn in
      turn = Turn(
        left: work.left(of: patience.seconds), leftInSilence: work.left(of: QuestionPatience.silentSeconds),
        asker: asker ?? patience.asker)
      if let slice { turn.sliceEnd = turn.begun.time + slice }
    }
    lookAt.store(0, ordering: .relaxed)
  }

  /// Nanoseconds of work, and of time, since the start.
  var spent: (work: Int64, time: Int64) {
    let (now, begun) = (WorkMoment(), turn.withLock(\.begun))
    return (now.work(since: begun), now.time - begun.time)
  }

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
    guard monotonicNanoseconds() >= lookAt.load(ordering: .relaxed) else { return false }
    return turn.withLock { turn in
      let now = WorkMoment()
      turn.verdict = verdict(at: now, turn)
      lookAt.store(min(now.time + QuestionClock.pause, turn.sliceEnd), ordering: .relaxed)
      if case .goOn = turn.verdict { return false }
      return true
    }
  }

  private func verdict(at now: WorkMoment, _ turn: Turn) -> Verdict {
    let work = now.work(since: turn.begun)
    switch turn.asker() {
    case .gone: return .broken(.gone)
    case .silent where work >= turn.leftInSilence: return .broken(.silent)
    default: break
    }
    if work >= turn.left { return .broken(.afterWork(of: patience.seconds)) }
    return now.time >= turn.sliceEnd ? .sliceIsOver : .goOn
  }

  /// The error that an error of SQLite means to the asker; nil where no more than the slice is over.
  func translated(_ error: any Error) -> (any Error)? {
    guard (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT else { return error }
    switch turn.withLock(\.verdict) {
    case .goOn: return error
    case .sliceIsOver: return nil
    case .broken(let broken): return broken
    }
  }
}
