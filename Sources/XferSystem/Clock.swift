import Glibc

/// A moment of wall-clock time in microseconds since 1970 (UTC), as the history keeps it.
public struct Timestamp: Hashable, Comparable, Sendable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static var now: Timestamp { Timestamp(microseconds: read(CLOCK_REALTIME) / 1000) }

  /// When this machine was started, by the clock as it goes now (CLOCK_BOOTTIME, clock_gettime(2)).
  public static var machineStart: Timestamp {
    Timestamp(microseconds: (read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME)) / 1000)
  }

  public var seconds: Double { Double(microseconds) / 1_000_000 }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}

/// Nanoseconds of a clock that never jumps and goes on while the machine sleeps.
public func bootNanoseconds() -> Int64 { read(CLOCK_BOOTTIME) }

/// Nanoseconds of a clock that never jumps; only differences mean anything.
public func monotonicNanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }

private func read(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
