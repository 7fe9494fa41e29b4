import CLinux
import Glibc
import SystemPackage

/// Wakes a loop that waits for descriptors, from another thread of the same process (eventfd(2)).
public final class Wakeup: Sendable {
  /// Readable from `wake` to `clear`.
  public let descriptor: FileDescriptor

  public init() throws(SystemFailure) {
    descriptor = FileDescriptor(rawValue: try retrying("open an eventfd") { xfer_eventfd() })
  }

  deinit { try? descriptor.close() }

  /// Any thread may call it.
  public func wake() {
    var one: UInt64 = 1
    _ = Glibc.write(descriptor.rawValue, &one, 8)
  }

  public func clear() {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor.rawValue, &count, 8)
  }
}
