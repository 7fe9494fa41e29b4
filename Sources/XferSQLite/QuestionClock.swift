import GRDB
import GRDBSQLite
import Synchronization
import XferHistory
import XferSystem

/// Checks the clock while SQLite works, and interrupts a query that takes too long
/// (https://sqlite.org/c3ref/progress_handler.html).
final class QuestionClock: Sendable {
  /// The number of nanoseconds that one transaction of a query may take. SQLite cannot restart the
  /// write-ahead log while the transaction is open.
  static let slice: Int64 = 500_000_000

  private enum Verdict {
    case goOn, sliceIsOver
    case broken(QuestionBrokenOff)
  }

  /// The state of one transaction, which runs on the thread that starts the clock.
  private struct Turn {
    var begun = WorkMoment()
    var sliceEnd: Int64 = .max
    /// The number of nanoseconds of work that the query has left.
    var left: Int64 = .max
    /// The same if the client has closed its sending side.
    var leftIfSilent: Int64 = .max
    var asker: @Sendable () -> Asker
    var verdict = Verdict.goOn
  }

  /// The number of SQLite's virtual machine instructions between two calls of the progress handler.
  /// About one in ten instructions matches a name with a pattern, which takes up to 4 ms.
  private static let steps: Int32 = 100
  /// The number of nanoseconds between two checks of the client.
  private static let pause: Int64 = 50_000_000

  private let patience: QuestionPatience
  private let turn: Mutex<Turn>
  /// The time of the next check. There is none before the start, while the history is opened.
  private let lookAt = Atomic<Int64>(.max)

  init(_ patience: QuestionPatience) {
    self.patience = patience
    turn = Mutex(Turn(asker: patience.asker))
  }

  /// Starts the clock for a transaction. It may use all the work that the query has left, but stay
  /// open for at most `slice` nanoseconds if that is given.
  func start(
    _ work: QuestionWork, asker: (@Sendable () -> Asker)? = nil, slice: Int64? = nil
  ) {
    turn.withLock { turn in
      turn = Turn(
        left: work.left(of: patience.seconds),
        leftIfSilent: work.left(of: QuestionPatience.silentSeconds),
        asker: asker ?? patience.asker)
      if let slice { turn.sliceEnd = turn.begun.time + slice }
    }
    lookAt.store(0, ordering: .relaxed)
  }

  /// The numbers of nanoseconds of work and of elapsed time since the start.
  var spent: (work: Int64, time: Int64) {
    let (now, begun) = (WorkMoment(), turn.withLock(\.begun))
    return (now.work(since: begun), now.time - begun.time)
  }

  /// Installs the progress handler. The clock must live longer than the database connection.
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
    case .silent where work >= turn.leftIfSilent: return .broken(.silent)
    default: break
    }
    if work >= turn.left { return .broken(.afterWork(of: patience.seconds)) }
    return now.time >= turn.sliceEnd ? .sliceIsOver : .goOn
  }

  /// Returns the error to report for an error of SQLite; nil if only the slice is over and the
  /// query may continue.
  func translated(_ error: any Error) -> (any Error)? {
    guard (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT else { return error }
    switch turn.withLock(\.verdict) {
    case .goOn: return error
    case .sliceIsOver: return nil
    case .broken(let broken): return broken
    }
  }
}
