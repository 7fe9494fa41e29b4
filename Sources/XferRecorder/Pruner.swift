import Logging
import XferHistory
import XferSystem

/// Removes rows that have been kept for long enough, some at a time, between two groups of transfers: no receipt
/// waits for more than a slice.
struct Pruner {
  /// Rows of a slice: some milliseconds.
  private static let slice = 200
  /// Nanoseconds between two slices, and between two looks for rows that are too old.
  private static let shortPause: Int64 = 20_000_000
  private static let pause: Int64 = 60_000_000_000

  /// Seconds; nil for ever.
  let keepFailed: Int?
  let keepHistory: Int?
  private var removed = 0
  /// When to call `look` again, by the monotonic clock.
  private(set) var dueAt: Int64

  init(_ options: Recorder.Options) {
    keepFailed = options.keepFailed
    keepHistory = options.keepHistory
    dueAt = keepFailed == nil && keepHistory == nil ? .max : 0
  }

  mutating func look(_ keeper: Keeper) {
    guard monotonicNanoseconds() >= dueAt else { return }
    var isLast = true
    do {
      let count = try keeper.history.prune(limits, atMost: Pruner.slice)
      removed += count
      isLast = count < Pruner.slice
    } catch {
      keeper.log.error("could not remove old rows", metadata: ["error": "\(error)"])
    }
    if isLast { tell(keeper) }
    dueAt = monotonicNanoseconds() + (isLast ? Pruner.pause : Pruner.shortPause)
  }

  private var limits: PruneLimits {
    let now = Timestamp.now.microseconds
    func moment(_ seconds: Int?) -> Timestamp? {
      seconds.map { Timestamp(microseconds: now - Int64($0) * 1_000_000) }
    }
    return PruneLimits(failedBefore: moment(keepFailed), before: moment(keepHistory))
  }

  private mutating func tell(_ keeper: Keeper) {
    guard removed > 0 else { return }
    keeper.log.notice(
      "removed old rows from the history", metadata: ["rows": .stringConvertible(removed)])
    removed = 0
  }
}
