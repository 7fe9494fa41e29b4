/// The steps of an orderly shutdown, each with a deadline. It has no effects: it receives the time
/// and the state of the processes and returns the next step.
struct Shutdown {
  enum Step: Equatable {
    /// Sessions finish the transfers in flight.
    case drain
    /// Sessions end and keep what can be resumed.
    case leave
    /// The permanent processes end.
    case close
    /// The processes that still live are killed. No receipt depends on them.
    case force
    /// The supervisor ends.
    case over
  }

  /// The nanoseconds that the steps `leave`, `close` and `force` may take.
  static let leaving: Int64 = 2_000_000_000
  static let closing: Int64 = 5_000_000_000
  static let dying: Int64 = 2_000_000_000

  private(set) var step: Step = .drain
  /// The end of the current step, on the clock of `now`.
  private(set) var deadline: Int64

  /// Begins with `drain`. `now` is in nanoseconds of the monotonic clock.
  init(now: Int64, drainSeconds: Int) {
    deadline = now + Int64(drainSeconds) * 1_000_000_000
  }

  /// True if the permanent processes must end and are not restarted.
  var isClosing: Bool { step == .close || step == .force }

  /// Enters the next step if its condition holds and returns it. Returns nil if the step stays the
  /// same.
  mutating func advance(now: Int64, sessionsLive: Bool, processesLive: Bool) -> Step? {
    switch step {
    case .drain where !sessionsLive, .leave where !sessionsLive:
      enter(.close, until: now + Shutdown.closing)
    case .drain where now >= deadline: enter(.leave, until: now + Shutdown.leaving)
    case .leave where now >= deadline: enter(.force, until: now + Shutdown.dying)
    case .close where !processesLive, .force where !processesLive && !sessionsLive:
      enter(.over, until: .max)
    case .close where now >= deadline: enter(.force, until: now + Shutdown.dying)
    // A process that waits for a disk without an answer cannot be killed. It dies when the disk
    // answers.
    case .force where now >= deadline: enter(.over, until: .max)
    default: return nil
    }
    return step
  }

  private mutating func enter(_ next: Step, until end: Int64) {
    step = next
    deadline = end
  }
}
