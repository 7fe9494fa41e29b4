import Synchronization

/// Measures the throughput of direct writes (O_DIRECT) over all files that one thread writes.
final class DirectWriteThroughput {
  /// The number of bytes over which the throughput is measured.
  private static let window = 32 << 20
  /// The limit in bytes per second. Below it the page cache is better on any machine, because it
  /// lets the disk work on many requests at once, and lazy transfers never wait for it. Above it
  /// the better way depends on the machine. On a virtual one, new pages of the cache cost more than
  /// the disk.
  private static let limit = 100e6

  private var (bytes, nanoseconds) = (0, Int64(0))
  private let slow = Atomic(false)

  /// True if a window was below the limit. It stays true. Other threads may read it.
  var isSlow: Bool { slow.load(ordering: .relaxed) }

  /// Records one write. Only the writing thread may call it.
  func record(bytes count: Int, nanoseconds time: Int64) {
    bytes += count
    nanoseconds += time
    guard bytes >= DirectWriteThroughput.window else { return }
    if Double(bytes) * 1e9 < DirectWriteThroughput.limit * Double(nanoseconds) {
      slow.store(true, ordering: .relaxed)
    }
    (bytes, nanoseconds) = (0, 0)
  }
}
