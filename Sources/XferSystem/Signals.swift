import CLinux
import Glibc
import SystemPackage

/// Signals as values: blocked, so that no handler ever runs, and read from a signalfd(2).
public struct SignalInbox: Sendable {
  public let descriptor: FileDescriptor

  /// Blocks the signals for this process and opens the inbox. A forked child makes its own.
  public init(_ signals: [Int32]) throws(SystemFailure) {
    var set = sigset_t()
    sigemptyset(&set)
    // What whoever started the program ignores, as nohup(1) does with SIGHUP, stays ignored.
    for signal in signals where xfer_is_ignored(signal) == 0 { sigaddset(&set, signal) }
    sigprocmask(SIG_SETMASK, &set, nil)
    let flags = Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)
    descriptor = FileDescriptor(
      rawValue: try retrying("open a signalfd") { signalfd(-1, &set, flags) })
  }

  /// The signals that came since the last look; several of one kind may be told once.
  public func drain() -> [Int32] {
    var signals: [Int32] = []
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while Glibc.read(descriptor.rawValue, &info, size) == size {
      signals.append(Int32(info.ssi_signo))
    }
    return signals
  }
}

/// Gives a forked child a clean start: no signal blocked, none handled, a broken pipe is an error.
func resetSignals() {
  var none = sigset_t()
  sigemptyset(&none)
  sigprocmask(SIG_SETMASK, &none, nil)
  // A terminal's signals reach every process of its group, and only the supervisor decides what
  // they mean.
  for number in [SIGPIPE, SIGINT, SIGHUP, SIGQUIT] { signal(number, SIG_IGN) }
}

/// Leaves this signal to others: the terminal's Ctrl-C reaches every process of a group, and only
/// the supervisor decides what it means.
public func ignoreSignal(_ number: Int32) { signal(number, SIG_IGN) }
