import Synchronization

/// How fast the disk takes what goes around the page cache, as one thread sees it over all files it writes.
final class DiskPace {
  /// Bytes that are looked at together.
  private static let window = 32 << 20
  /// Bytes a second, below which the page cache is the better way on any machine: it lets the disk
  /// work on much at once, and who waits for no sync does not wait at all. Above that it depends on
  /// the machine; on a virtual one, new pages of the cache cost more than the disk.
  private static let least = 100e6

  private var (bytes, nanoseconds) = (0, Int64(0))
  private let slow = Atomic(false)

  /// What was slow once is not tried again. Other threads may ask.
  var isSlow: Bool { slow.load(ordering: .relaxed) }

  func took(_ time: Int64, _ count: Int) {
    bytes += count
    nanoseconds += time
    guard bytes >= DiskPace.window else { return }
    if Double(bytes) * 1e9 < DiskPace.least * Double(nanoseconds) {
      slow.store(true, ordering: .relaxed)
    }
    (bytes, nanoseconds) = (0, 0)
  }
}
