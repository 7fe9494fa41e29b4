import Glibc

/// Returns the nanoseconds since the start of the machine, time in suspend included
/// (CLOCK_BOOTTIME).
package func bootNanoseconds() -> Int64 { nanoseconds(of: CLOCK_BOOTTIME) }

/// Returns nanoseconds of a clock that never jumps (CLOCK_MONOTONIC). Only differences are
/// meaningful.
package func monotonicNanoseconds() -> Int64 { nanoseconds(of: CLOCK_MONOTONIC) }

/// Reads a clock (clock_gettime(2)).
func nanoseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
