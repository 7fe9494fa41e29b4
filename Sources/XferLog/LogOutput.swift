import Glibc
import Synchronization
import XferSystem

/// The writer of log lines to one descriptor. It never blocks the process: if the pipe is full or
/// the disk is full, lines are dropped and counted. The next line that can be written is followed
/// by their number.
final class LogOutput: Sendable {
  /// The writer to standard error. It must be named once before the first fork, so that the
  /// processes share its memory.
  static let standardError = LogOutput(descriptor: STDERR_FILENO)

  /// The number of bytes that a pipe writes atomically (pipe(7), PIPE_BUF).
  private static let pipeBuffer = 4096

  private let descriptor: Int32
  /// The number of dropped lines of all processes, in shared memory because a process may end
  /// before it can report its own.
  nonisolated(unsafe) private let lost: UnsafeMutablePointer<Atomic<Int>>
  private let gathered = Mutex(Gathered())

  /// Creates a writer to a descriptor, which stays open as long as the writer is used.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    let size = MemoryLayout<Atomic<Int>>.size
    let memory = (try? SharedPage(size: size))?.start ?? .allocate(byteCount: size, alignment: 8)
    lost = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    lost.initialize(to: Atomic(0))
  }

  /// Lines buffered for one write: at most PIPE_BUF bytes, unless a single line is longer.
  private struct Gathered {
    /// The number of nested `gather` calls. Lines are written at once if it is 0.
    var depth = 0
    var bytes: [UInt8] = []
    var lines = 0
  }

  /// Writes a line, or buffers it inside `gather`.
  func write(_ line: [UInt8]) {
    gathered.withLock { gathered in
      if gathered.bytes.count + line.count > LogOutput.pipeBuffer { flush(&gathered) }
      gathered.bytes += line
      gathered.lines += 1
      if gathered.depth == 0 { flush(&gathered) }
    }
  }

  /// Buffers the lines that `body` writes and writes them together at its end.
  func gather<Value>(_ body: () throws -> Value) rethrows -> Value {
    gathered.withLock { $0.depth += 1 }
    defer {
      gathered.withLock { gathered in
        gathered.depth -= 1
        if gathered.depth == 0 { flush(&gathered) }
      }
    }
    return try body()
  }

  /// Writes the buffered lines, or counts them as dropped.
  private func flush(_ gathered: inout Gathered) {
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

  /// True if a write does not block: a pipe has space for PIPE_BUF bytes, or it is not a pipe
  /// (poll(2)).
  private var isWritable: Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLOUT) != 0
  }

  private func writeOnce(_ bytes: [UInt8]) -> Bool {
    Glibc.write(descriptor, bytes, bytes.count) == bytes.count
  }
}
