import Logging
import XferHistory
import XferSystem

/// Removes rows that are older than their setting allows. It works in slices between the groups of
/// transfers, so that no receipt waits for more than one slice.
struct Pruner {
  /// The number of rows of a slice, which take some milliseconds.
  private static let slice = 200
  /// The time between two slices, and between two searches for old rows.
  private static let shortPause = Duration.milliseconds(20)
  private static let pause = Duration.seconds(60)

  /// The time that rows of failures are kept; nil if they are never removed.
  let keepFailed: Duration?
  /// The same for all rows.
  let keepHistory: Duration?
  private var removed = 0
  /// The time of the next `pruneIfDue`.
  private(set) var dueAt: MonotonicTime

  init(_ options: RecorderOptions) {
    keepFailed = options.keepFailed
    keepHistory = options.keepHistory
    dueAt = keepFailed == nil && keepHistory == nil ? .never : .start
  }

  /// Removes one slice of old rows if it is due.
  mutating func pruneIfDue(_ context: RecorderContext) {
    guard .now >= dueAt else { return }
    var isLast = true
    do {
      let count = try context.history.prune(limits, atMost: Pruner.slice)
      removed += count
      isLast = count < Pruner.slice
    } catch {
      context.log.error("could not remove old rows", metadata: ["error": "\(error)"])
    }
    if isLast { report(context) }
    dueAt = .now + (isLast ? Pruner.pause : Pruner.shortPause)
  }

  private var limits: PruneLimits {
    let now = Timestamp.now.microseconds
    func moment(_ age: Duration?) -> Timestamp? {
      age.map { Timestamp(microseconds: now - $0.nanoseconds / 1000) }
    }
    return PruneLimits(failedBefore: moment(keepFailed), before: moment(keepHistory))
  }

  private mutating func report(_ context: RecorderContext) {
    guard removed > 0 else { return }
    context.log.notice(
      "removed old rows from the history", metadata: ["rows": .stringConvertible(removed)])
    removed = 0
  }
}
