/// A moment of a clock that never jumps (CLOCK_MONOTONIC, clock_gettime(2)). It does not count the
/// time in suspend. Moments of different starts of the machine cannot be compared.
package struct MonotonicTime: InstantProtocol {
  /// Nanoseconds since the start of the machine.
  package let nanoseconds: Int64

  /// Creates a moment.
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The current moment.
  package static var now: MonotonicTime { MonotonicTime(nanoseconds: monotonicNanoseconds()) }

  /// The time since this moment.
  package var elapsed: Duration { MonotonicTime.now - self }

  /// The time until this moment, negative if it has passed.
  package var remaining: Duration { self - MonotonicTime.now }

  /// The start of the clock, before every other moment.
  package static let start = MonotonicTime(nanoseconds: 0)

  /// A moment that is never reached.
  package static let never = MonotonicTime(nanoseconds: .max)

  /// Returns the moment after a duration; `never` if that is later than the clock can count.
  package func advanced(by duration: Duration) -> MonotonicTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return overflow ? .never : MonotonicTime(nanoseconds: sum)
  }

  /// Returns the duration from this moment to another, negative if that is earlier.
  package func duration(to other: MonotonicTime) -> Duration {
    .nanoseconds(other.nanoseconds - nanoseconds)
  }

  package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Returns the moment after a duration.
  package static func + (moment: MonotonicTime, duration: Duration) -> MonotonicTime {
    moment.advanced(by: duration)
  }

  /// Returns the duration from `right` to `left`.
  package static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
    right.duration(to: left)
  }
}

extension Duration {
  /// The duration in whole nanoseconds, at most 292 years.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isLonger) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return isLong || isLonger ? (seconds < 0 ? .min : .max) : sum
  }

  /// The duration in milliseconds, rounded up, as timeouts of system calls take it.
  package var milliseconds: Int {
    Int((nanoseconds / 1_000_000) + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
  }

  /// The duration in seconds, with a fraction.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }

  /// The duration in whole seconds, without the fraction.
  package var wholeSeconds: Int64 { components.seconds }
}
