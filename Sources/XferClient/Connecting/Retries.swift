import XferProtocol
import XferSystem

/// The tries to reach a receiver: the pauses between them, and their end.
struct Retries {
  private let limit: Duration
  private var backoff = Backoff()
  private var lastProgress = MonotonicTime.now

  /// The tries end after the time `limit` without progress.
  init(for limit: Duration) { self.limit = limit }

  /// True if another try may be made.
  var mayWait: Bool { idle < limit }

  private var idle: Duration { .now - lastProgress }

  /// Begins the time again at a moment of progress, and the pauses with the shortest one. A moment
  /// that is known already changes nothing.
  mutating func noteProgress(at moment: MonotonicTime = .now) {
    guard moment > lastProgress else { return }
    lastProgress = moment
    backoff.reset()
  }

  /// Returns the time to wait before the next try. It is at least that which the receiver has asked
  /// for, with jitter, so that many clients do not come back at the same time.
  mutating func pause(after failure: ConnectionFailure) -> Duration {
    var pause = backoff.next()
    if case .refused(let refusal) = failure, let after = refusal.retryAfter {
      pause = max(pause, Duration.seconds(Int64(after)) * .random(in: 1...1.5))
    }
    return min(pause, max(limit - idle, .milliseconds(200)), .seconds(3600))
  }
}
