import Glibc
import Synchronization
import XferSystem

/// Standard error, as the log uses it. A log that cannot be written must not stop what it tells
/// of: where nobody reads the pipe or the disk is full, lines are lost and counted, and the first
/// that get through again are followed by their number.
enum LogOutput {
  /// Counted over all processes: the one that lost lines may not be there to tell.
  nonisolated(unsafe) private static let lost: UnsafeMutablePointer<Atomic<Int>> = {
    let size = MemoryLayout<Atomic<Int>>.size
    let memory = (try? SharedPage(size: size))?.start ?? .allocate(byteCount: size, alignment: 8)
    let lost = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    lost.initialize(to: Atomic(0))
    return lost
  }()

  /// Bytes that a pipe takes as a whole or not at all (pipe(7), PIPE_BUF).
  private static let pipeBuffer = 4096

  /// Makes what the processes share: before the first fork.
  static func prepare() { _ = lost }

  /// Lines that wait to be written together: not more than a pipe takes as a whole, unless it is one.
  private struct Gathered {
    var depth = 0
    var bytes: [UInt8] = []
    var lines = 0
  }

  private static let gathered = Mutex(Gathered())

  static func write(_ line: [UInt8]) {
    gathered.withLock { gathered in
      if gathered.bytes.count + line.count > pipeBuffer { flush(&gathered) }
      gathered.bytes += line
      gathered.lines += 1
      if gathered.depth == 0 { flush(&gathered) }
    }
  }

  /// Lines that are written meanwhile may wait until the end.
  static func gather<Value>(_ body: () throws -> Value) rethrows -> Value {
    gathered.withLock { $0.depth += 1 }
    defer {
      gathered.withLock { gathered in
        gathered.depth -= 1
        if gathered.depth == 0 { flush(&gathered) }
      }
    }
    return try body()
  }

  private static func flush(_ gathered: inout Gathered) {
    guard gathered.lines > 0 else { return }
    defer {
      gathered.bytes.removeAll(keepingCapacity: true)
      gathered.lines = 0
    }
    guard isWritable, writeOnce(gathered.bytes) else {
      lost.pointee.add(gathered.lines, ordering: .relaxed)
      return
    }
    let count = lost.pointee.exchange(0, ordering: .relaxed)
    guard count > 0 else { return }
    let notice = Array("(\(count) lines of the log were lost before this)\n".utf8)
    if !isWritable || !writeOnce(notice) { lost.pointee.add(count, ordering: .relaxed) }
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
