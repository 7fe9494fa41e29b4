import Synchronization

/// How fast the disk takes what goes around the page cache, as one thread sees it over all files it writes.
final class DiskPace {
  /// Bytes that are looked at together.
  private static let window = 32 << 20
  /// Bytes a second, below which waiting for the disk costs more than the page cache on any machine.
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
