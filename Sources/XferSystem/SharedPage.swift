import Glibc

/// Memory that stays the same memory across a fork: zeroed, and gone with its last process.
public struct SharedPage: @unchecked Sendable {
  public let start: UnsafeMutableRawPointer
  public let size: Int

  public init(size: Int) throws(SystemFailure) {
    let protection = PROT_READ | PROT_WRITE
    let memory = mmap(nil, size, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw SystemFailure("map \(size) bytes of shared memory", .init(rawValue: errno))
    }
    self.start = memory
    self.size = size
  }
}
