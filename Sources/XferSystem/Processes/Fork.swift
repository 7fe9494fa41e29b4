import CLinux
import Glibc

/// The only place of xfer that forks.
package enum Fork {
  /// Runs `body` in a new process and returns its pid.
  ///
  /// The child exits with the status that `body` returns. It is killed when its parent dies. It
  /// keeps the standard descriptors and those in `keeping`, and closes all others. The calling
  /// process must have one thread: a second one would not exist in the child, and its locks would
  /// stay locked there.
  package static func child(keeping: [Int32], _ body: () -> Int32) throws(SystemFailure) -> pid_t {
    fflush(nil)  // otherwise the child would write the parent's buffered output again
    let parent = getpid()
    let pid = try retrying("fork") { Glibc.fork() }
    if pid != 0 { return pid }
    // The child must not run with descriptors of other roles. 71 is EX_OSERR of sysexits(3).
    guard closeAll(except: keeping) else { _exit(71) }
    resetSignals()
    xfer_die_with_parent(SIGKILL)
    if getppid() != parent { _exit(0) }  // the parent died before the line above
    let status = body()
    fflush(nil)
    _exit(status)
  }

  /// Closes all descriptors above standard error except `kept`. Returns false if some may be left
  /// open.
  private static func closeAll(except kept: [Int32]) -> Bool {
    var first = STDERR_FILENO + 1
    var isClosed = true
    for descriptor in Set(kept).sorted() where descriptor >= first {
      if descriptor > first {
        isClosed = xfer_close_range(UInt32(first), UInt32(descriptor - 1)) == 0 && isClosed
      }
      first = descriptor + 1
    }
    return xfer_close_range(UInt32(first), .max) == 0 && isClosed
  }

  /// Reaps the next child that has ended (waitpid(2)). Returns nil if there is none.
  package static func reap() -> (pid: pid_t, end: ProcessEnd)? {
    var status: Int32 = 0
    let pid = waitpid(-1, &status, WNOHANG)
    return pid > 0 ? (pid, ProcessEnd(waitStatus: status)) : nil
  }
}

/// The end of a process.
package enum ProcessEnd: Equatable, Sendable {
  /// The process exited with this status.
  case exited(Int32)
  /// The process was killed by this signal.
  case killed(Int32)

  /// Parses a wait status of Linux: the signal in the low seven bits, the exit status in the next
  /// eight.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .killed(signal)
  }
}
