import CLinux
import Glibc
import SystemPackage

/// Wakes a thread that waits in poll(2) from another thread of the same process (eventfd(2)).
package final class Wakeup: Sendable {
  /// Readable after `wake` until `clear`.
  package let descriptor: FileDescriptor

  /// Opens the eventfd.
  package init() throws(SystemFailure) {
    descriptor = FileDescriptor(rawValue: try retrying("open an eventfd") { xfer_eventfd() })
  }

  deinit { try? descriptor.close() }

  /// Makes the descriptor readable. May be called from any thread.
  package func wake() {
    var one: UInt64 = 1
    _ = Glibc.write(descriptor.rawValue, &one, 8)
  }

  /// Resets the descriptor.
  package func clear() {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor.rawValue, &count, 8)
  }
}
