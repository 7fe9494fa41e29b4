import Glibc
import Synchronization
import XferSystem

/// Standard error, as the log uses it. A log that cannot be written must not stop what it tells
/// of: where nobody reads the pipe or the disk is full, lines are lost and counted, and the first
/// line that gets through again is followed by their number.
enum LogOutput {
  /// Counted over all processes: the one that lost lines may not be there to tell.
  nonisolated(unsafe) private static let lost: UnsafeMutablePointer<Atomic<Int>> = {
    let size = MemoryLayout<Atomic<Int>>.size
    let memory = (try? SharedPage(size: size))?.start ?? .allocate(byteCount: size, alignment: 8)
    let lost = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    lost.initialize(to: Atomic(0))
    return lost
  }()

  /// Makes what the processes share: before the first fork.
  static func prepare() { _ = lost }

  static func write(_ line: [UInt8]) {
    guard isWritable, writeOnce(line) else {
      lost.pointee.add(1, ordering: .relaxed)
      return
    }
    let count = lost.pointee.exchange(0, ordering: .relaxed)
    if count > 0 {
      _ = writeOnce(Array("(\(count) lines of the log were lost before this)\n".utf8))
    }
  }

  /// A pipe with room for a line of 4096 bytes, or anything that is no pipe (pipe(7), poll(2)).
  private static var isWritable: Bool {
    var descriptor = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&descriptor, 1, 0) == 1 && descriptor.revents & Int16(POLLOUT) != 0
  }

  private static func writeOnce(_ bytes: [UInt8]) -> Bool {
    Glibc.write(STDERR_FILENO, bytes, bytes.count) == bytes.count
  }
}
