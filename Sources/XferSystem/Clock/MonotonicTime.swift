/// A moment of a clock that never jumps (CLOCK_MONOTONIC). All processes of the machine read the
/// same clock.
package struct MonotonicTime: Comparable, Sendable {
  /// Nanoseconds since a start that has no meaning.
  package let nanoseconds: Int64

  /// Creates a moment from nanoseconds of the clock, as another process has noted them.
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The current time.
  package static var now: MonotonicTime { MonotonicTime(nanoseconds: monotonicNanoseconds()) }

  /// The time since this moment.
  package var elapsed: Duration { .nanoseconds(monotonicNanoseconds() - nanoseconds) }

  /// The time until this moment; negative if it has passed.
  package var remaining: Duration { .nanoseconds(nanoseconds - monotonicNanoseconds()) }

  /// Returns the moment that is later by a duration, which must be shorter than 292 years.
  package static func + (moment: MonotonicTime, duration: Duration) -> MonotonicTime {
    let (seconds, attoseconds) = duration.components
    return MonotonicTime(
      nanoseconds: moment.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// True if `left` is earlier.
  package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension Duration {
  /// The whole seconds of the duration.
  package var wholeSeconds: Int64 { components.seconds }

  /// The whole milliseconds of the duration.
  package var wholeMilliseconds: Int {
    Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
