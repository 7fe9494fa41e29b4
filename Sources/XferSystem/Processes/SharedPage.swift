import Glibc

/// Anonymous memory that is shared with children across a fork (mmap(2), MAP_SHARED). It begins as
/// zeros and is freed when the last process ends.
package struct SharedPage: @unchecked Sendable {
  /// The first byte, aligned to a page.
  package let start: UnsafeMutableRawPointer
  /// The size in bytes.
  package let size: Int

  /// Maps `size` bytes.
  package init(size: Int) throws(SystemFailure) {
    let protection = PROT_READ | PROT_WRITE
    let memory = mmap(nil, size, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw SystemFailure("map \(size) bytes of shared memory", .init(rawValue: errno))
    }
    self.start = memory
    self.size = size
  }
}
