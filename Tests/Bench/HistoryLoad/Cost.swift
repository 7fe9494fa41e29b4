import Glibc
import XferSystem

/// The elapsed time and the CPU time in nanoseconds. On a busy machine only the CPU time measures
/// the writer.
struct Cost {
  var time: Int64 = 0
  var processor: Int64 = 0

  mutating func add<Value>(_ work: () throws -> Value) rethrows -> Value {
    let (time, processor) = (monotonicNanoseconds(), Cost.processorTime())
    defer {
      self.time += monotonicNanoseconds() - time
      self.processor += Cost.processorTime() - processor
    }
    return try work()
  }

  private static func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
