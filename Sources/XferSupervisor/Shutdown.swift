import XferSystem

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

  /// The time that the steps `leave`, `close` and `force` may take.
  static let leaving = Duration.seconds(2)
  static let closing = Duration.seconds(5)
  static let dying = Duration.seconds(2)

  /// The time beyond which a shutdown never takes.
  static func longest(drain: Duration) -> Duration { drain + leaving + closing + dying }

  private(set) var step: Step = .drain
  /// The end of the current step.
  private(set) var deadline: MonotonicTime

  /// Begins with `drain`, which may take the time `drain`.
  init(now: MonotonicTime, drain: Duration) { deadline = now + drain }

  /// True if the permanent processes must end and are not restarted.
  var isClosing: Bool { step == .close || step == .force }

  /// Enters the next step if its condition holds and returns it. Returns nil if the step stays the
  /// same.
  mutating func advance(now: MonotonicTime, sessionsLive: Bool, processesLive: Bool) -> Step? {
    switch step {
    case .drain where !sessionsLive, .leave where !sessionsLive:
      enter(.close, until: now + Shutdown.closing)
    case .drain where now >= deadline: enter(.leave, until: now + Shutdown.leaving)
    case .leave where now >= deadline: enter(.force, until: now + Shutdown.dying)
    case .close where !processesLive, .force where !processesLive && !sessionsLive:
      enter(.over, until: .never)
    case .close where now >= deadline: enter(.force, until: now + Shutdown.dying)
    // A process that waits for a disk without an answer cannot be killed. It dies when the disk
    // answers.
    case .force where now >= deadline: enter(.over, until: .never)
    default: return nil
    }
    return step
  }

  private mutating func enter(_ next: Step, until end: MonotonicTime) {
    step = next
    deadline = end
  }
}
