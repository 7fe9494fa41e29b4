import CLinux
import Glibc
import SystemPackage

/// Signals that are blocked and read from a signalfd(2), so that no signal handler ever runs.
package struct SignalInbox: Sendable {
  /// Readable when a signal is pending.
  package let descriptor: FileDescriptor

  /// Blocks the signals in this process and opens the signalfd. A forked child opens its own.
  package init(_ signals: [Int32]) throws(SystemFailure) {
    var set = sigset_t()
    sigemptyset(&set)
    // A signal that the parent process ignored, as nohup(1) ignores SIGHUP, stays ignored.
    for signal in signals where xfer_is_ignored(signal) == 0 { sigaddset(&set, signal) }
    sigprocmask(SIG_SETMASK, &set, nil)
    let flags = Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)
    descriptor = FileDescriptor(
      rawValue: try retrying("open a signalfd") { signalfd(-1, &set, flags) })
  }

  /// Reads the signals that arrived since the last call. Several signals of one kind may be
  /// reported once (signal(7)).
  package func drain() -> [Int32] {
    var signals: [Int32] = []
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while Glibc.read(descriptor.rawValue, &info, size) == size {
      signals.append(Int32(info.ssi_signo))
    }
    return signals
  }
}

/// Resets the signals of a forked child: none is blocked, and a broken pipe is an error of
/// write(2).
func resetSignals() {
  var none = sigset_t()
  sigemptyset(&none)
  sigprocmask(SIG_SETMASK, &none, nil)
  // A terminal sends its signals to every process of the group. Only the supervisor acts on them.
  for number in [SIGPIPE, SIGINT, SIGHUP, SIGQUIT] { signal(number, SIG_IGN) }
}

/// Ignores a signal in this process (signal(2), SIG_IGN).
package func ignoreSignal(_ number: Int32) { signal(number, SIG_IGN) }

/// Ends this process by a signal, as if it were not handled here, so that the parent process sees
/// why it ended: a shell stops its loop after SIGINT alone (signal(7)).
package func end(by number: Int32) -> Never {
  signal(number, SIG_DFL)
  var set = sigset_t()
  sigemptyset(&set)
  sigaddset(&set, number)
  // Other threads keep it blocked, so that it is delivered to this one.
  pthread_sigmask(SIG_UNBLOCK, &set, nil)
  raise(number)
  _exit(128 + number)
}
