import GRDB
import GRDBSQLite
import Synchronization
import XferSystem

/// How long a question may take, and how it is known that its answer is wanted no more.
public struct QuestionPatience: Sendable {
  /// Seconds that one page may take, however many pages the answer has: a page is one transaction, and while it
  /// is open what is written meanwhile stays in the write-ahead log.
  public let seconds: Int
  /// Asked some twenty times a second while SQLite works.
  public let isOver: @Sendable () -> Bool

  public init(seconds: Int, isOver: @escaping @Sendable () -> Bool = { false }) {
    self.seconds = seconds
    self.isOver = isOver
  }
}

/// A question that was broken off.
public struct QuestionBrokenOff: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// Looks at the clock while SQLite works, and breaks off what takes too long
/// (https://sqlite.org/c3ref/progress_handler.html).
final class QuestionClock: Sendable {
  /// Steps of SQLite between two looks. One that compares the longest name with the worst pattern takes 4 ms, and
  /// there is one of those in ten.
  private static let steps: Int32 = 100
  /// Nanoseconds between two looks for the asker.
  private static let pause: Int64 = 50_000_000

  private let patience: QuestionPatience
  private let end = Atomic<Int64>(.max)
  private let lookAt = Atomic<Int64>(0)

  init(_ patience: QuestionPatience) { self.patience = patience }

  /// From here on a page may take its time.
  func start() {
    end.store(
      monotonicNanoseconds() + Int64(patience.seconds) * 1_000_000_000, ordering: .relaxed)
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
    let now = monotonicNanoseconds()
    if now >= end.load(ordering: .relaxed) { return true }
    if now < lookAt.load(ordering: .relaxed) { return false }
    lookAt.store(now + QuestionClock.pause, ordering: .relaxed)
    return patience.isOver()
  }

  /// What an error of SQLite means to the asker.
  func translated(_ error: any Error) -> any Error {
    guard (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT else { return error }
    return QuestionBrokenOff(
      description: """
        the question took longer than \(patience.seconds) seconds; \
        narrow it by the time, the client or the beginning of names
        """)
  }
}
