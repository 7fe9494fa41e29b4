import CLinux
import Glibc

/// The only place of xfer that forks.
public enum Fork {
  /// Runs `body` in a new process, which ends with the status that it returns and dies with its
  /// parent. It holds the standard descriptors and those in `keeping`, no others. Must be called from a process with one thread: a second one would be lost in the
  /// child with whatever locks it holds.
  public static func child(keeping: [Int32], _ body: () -> Int32) throws(SystemFailure) -> pid_t {
    fflush(nil)  // what the parent has not written yet must not be written twice
    let parent = getpid()
    let pid = try retrying("fork") { Glibc.fork() }
    if pid != 0 { return pid }
    // It would hold what is not its own: EX_OSERR of sysexits(3).
    guard closeAll(except: keeping) else { _exit(71) }
    resetSignals()
    xfer_die_with_parent(SIGKILL)
    if getppid() != parent { _exit(0) }  // it died before the line above
    let status = body()
    fflush(nil)
    _exit(status)
  }

  /// False where some may be left open.
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

  /// The next child that has ended; nil when none has.
  public static func reap() -> (pid: pid_t, end: ProcessEnd)? {
    var status: Int32 = 0
    let pid = waitpid(-1, &status, WNOHANG)
    return pid > 0 ? (pid, ProcessEnd(waitStatus: status)) : nil
  }
}

/// How a process ended.
public enum ProcessEnd: Equatable, Sendable {
  case exited(Int32)
  case killed(Int32)

  /// The layout of a wait status on Linux: the signal in the low seven bits, else the exit code.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .killed(signal)
  }
}
