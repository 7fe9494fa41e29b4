import Logging
import XferHistory
import XferSystem

/// Removes rows that are older than their setting allows. It works in slices between the groups of
/// transfers, so that no receipt waits for more than one slice.
struct Pruner {
  /// The number of rows of a slice, which take some milliseconds.
  private static let slice = 200
  /// The number of nanoseconds between two slices, and between two searches for old rows.
  private static let shortPause: Int64 = 20_000_000
  private static let pause: Int64 = 60_000_000_000

  /// The number of seconds that rows of failures are kept; nil if they are never removed.
  let keepFailed: Int?
  /// The same for all rows.
  let keepHistory: Int?
  private var removed = 0
  /// The time of the next `pruneIfDue` in nanoseconds of the monotonic clock.
  private(set) var dueAt: Int64

  init(_ options: RecorderOptions) {
    keepFailed = options.keepFailed
    keepHistory = options.keepHistory
    dueAt = keepFailed == nil && keepHistory == nil ? .max : 0
  }

  /// Removes one slice of old rows if it is due.
  mutating func pruneIfDue(_ context: RecorderContext) {
    guard monotonicNanoseconds() >= dueAt else { return }
    var isLast = true
    do {
      let count = try context.history.prune(limits, atMost: Pruner.slice)
      removed += count
      isLast = count < Pruner.slice
    } catch {
      context.log.error("could not remove old rows", metadata: ["error": "\(error)"])
    }
    if isLast { report(context) }
    dueAt = monotonicNanoseconds() + (isLast ? Pruner.pause : Pruner.shortPause)
  }

  private var limits: PruneLimits {
    let now = Timestamp.now.microseconds
    func moment(_ seconds: Int?) -> Timestamp? {
      seconds.map { Timestamp(microseconds: now - Int64($0) * 1_000_000) }
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
