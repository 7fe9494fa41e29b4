import CLinux
import Glibc

/// The system calls that a process may make (seccomp(2)).
///
/// Any other call fails with EPERM, and does not kill the process: a library that tries a newer
/// call and falls back goes on working, and the call is as impossible. A call of another
/// architecture kills the process. The program is built before the fork, so that sessions inherit
/// it.
package struct CallFilter: Sendable {
  private let steps: [xfer_filter_step]
  /// True if the process may send SIGUSR1 to the process that built the filter.
  let signalsSupervisor: Bool

  /// Builds the filter. `rules` are tried in their order. With `signalsSupervisor` the process may
  /// send SIGUSR1 to the calling process, and no other signal.
  package init(_ rules: [CallRule], signalsSupervisor: Bool = false) {
    self.signalsSupervisor = signalsSupervisor
    let own = CallRule.signal(SIGUSR1, to: getpid())
    steps = FilterProgram.steps(rules + (signalsSupervisor ? [own] : []))
  }

  /// Installs the filter in this thread and those that it will start. The caller has given up new
  /// privileges, or the kernel refuses.
  func install() throws(SystemFailure) {
    guard xfer_filter_works() != 0 else { return }
    // A process may signal its own threads: abort(3) does, and libraries do. libc asks for the
    // processors of its main thread by the number of that.
    let own = [SYS_tgkill, SYS_sched_getaffinity].map {
      CallRule.allow($0, if: .equals(argument: 0, UInt32(getpid())))
    }
    let program = FilterProgram.complete(
      steps + FilterProgram.steps(own + CallRule.forFailpoints))
    try retrying("install a filter of system calls") {
      xfer_filter_enter(program, UInt16(program.count))
    }
  }
}

/// One or more system calls, and a condition on one argument.
package struct CallRule: Sendable {
  /// A condition on the lower half of an argument.
  enum Condition {
    case equals(argument: Int, UInt32)
    case hasNone(argument: Int, of: UInt32)
    case hasAll(argument: Int, of: UInt32)
  }

  let numbers: [UInt32]
  var conditions: [Condition] = []
  /// The error of these calls if they are not allowed for a reason of their own; nil to allow them.
  var error: Int32?

  /// Allows the calls with any arguments.
  static func allow(_ numbers: [Int32]) -> CallRule { CallRule(numbers: numbers.map(UInt32.init)) }

  /// Allows a call if the conditions hold.
  static func allow(_ number: Int32, if conditions: Condition...) -> CallRule {
    CallRule(numbers: [UInt32(number)], conditions: conditions)
  }

  /// Allows kill(2) with this signal to this process.
  static func signal(_ signal: Int32, to pid: pid_t) -> CallRule {
    allow(
      SYS_kill, if: .equals(argument: 0, UInt32(bitPattern: pid)),
      .equals(argument: 1, UInt32(signal)))
  }
}
