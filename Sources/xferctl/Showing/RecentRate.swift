import XferSystem

/// The bytes a second of the last seconds.
struct RecentRate {
  /// The length of one of the intervals that are counted, and their number.
  private static let interval = Duration.seconds(1)
  private static let intervals = 5

  /// The bytes of the current interval and of those before it, the newest first.
  private var counts: [UInt64] = [0]
  private var intervalStart: MonotonicTime

  init(now: MonotonicTime) { intervalStart = now }

  mutating func add(_ count: UInt64, now: MonotonicTime) {
    advance(to: now)
    counts[0] = counts[0].addingReportingOverflow(count).partialValue
  }

  /// The mean of the last intervals.
  func bytesPerSecond(now: MonotonicTime) -> Double {
    var current = self
    current.advance(to: now)
    let whole = RecentRate.interval.inSeconds * Double(current.counts.count - 1)
    let seconds = whole + (now - current.intervalStart).inSeconds
    let bytes = current.counts.reduce(0.0) { $0 + Double($1) }
    return seconds > 0.05 ? bytes / seconds : 0
  }

  private mutating func advance(to now: MonotonicTime) {
    var steps = 0
    while now - intervalStart >= RecentRate.interval, steps <= RecentRate.intervals {
      counts.insert(0, at: 0)
      intervalStart = intervalStart + RecentRate.interval
      steps += 1
    }
    if steps > RecentRate.intervals { (counts, intervalStart) = ([0], now) }
    counts.removeLast(max(0, counts.count - RecentRate.intervals))
  }
}
