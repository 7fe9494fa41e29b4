import Glibc

/// A moment of wall-clock time with the precision of the history.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970 (UTC).
  package let microseconds: Int64

  /// Creates a time from microseconds since 1970-01-01 00:00:00 UTC.
  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// The current time (CLOCK_REALTIME).
  package static var now: Timestamp {
    Timestamp(microseconds: nanoseconds(of: CLOCK_REALTIME) / 1000)
  }

  /// The time at which this machine was started, by the current wall clock (CLOCK_BOOTTIME,
  /// clock_gettime(2)).
  package static var machineStart: Timestamp {
    let age = nanoseconds(of: CLOCK_BOOTTIME)
    return Timestamp(microseconds: (nanoseconds(of: CLOCK_REALTIME) - age) / 1000)
  }

  /// Seconds since 1970 (UTC).
  package var seconds: Double { Double(microseconds) / 1_000_000 }

  /// True if `left` is earlier.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}
