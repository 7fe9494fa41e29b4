/// The steps of an orderly end, each with its deadline. Pure: it is told the time and what lives,
/// and says what is to be done.
struct Shutdown {
  enum Step: Equatable {
    /// Sessions finish what is in flight.
    case drain
    /// Sessions leave, keeping what can be resumed.
    case leave
    /// The recorder and the stats process end.
    case close
    /// Whatever still lives is killed; nothing that was promised depends on it.
    case force
    case over
  }

  /// Nanoseconds for `leave`, and for `close` before `force`.
  static let leaving: Int64 = 2_000_000_000
  static let closing: Int64 = 5_000_000_000
  /// Nanoseconds for what was killed to be gone.
  static let dying: Int64 = 2_000_000_000

  private(set) var step: Step = .drain
  private(set) var deadline: Int64

  init(now: Int64, drainSeconds: Int) {
    deadline = now + Int64(drainSeconds) * 1_000_000_000
  }

  /// Moves on where it can; returns the step that was entered, nil where nothing changed.
  mutating func advance(now: Int64, sessionsLive: Bool, staffLives: Bool) -> Step? {
    switch step {
    case .drain where !sessionsLive, .leave where !sessionsLive:
      enter(.close, now + Shutdown.closing)
    case .drain where now >= deadline: enter(.leave, now + Shutdown.leaving)
    case .leave where now >= deadline: enter(.force, now + Shutdown.dying)
    case .close where !staffLives, .force where !staffLives && !sessionsLive: enter(.over, .max)
    case .close where now >= deadline: enter(.force, now + Shutdown.dying)
    // A process that waits for a disk which does not answer cannot be killed. It dies when the disk answers.
    case .force where now >= deadline: enter(.over, .max)
    default: return nil
    }
    return step
  }

  private mutating func enter(_ next: Step, _ until: Int64) {
    step = next
    deadline = until
  }
}
