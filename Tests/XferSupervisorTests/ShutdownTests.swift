import Testing
import XferSystem

@testable import XferSupervisor

@Suite("The orderly shutdown")
struct ShutdownTests {
  /// A moment after the start of the clock.
  private func at(_ duration: Duration) -> MonotonicTime {
    MonotonicTime(nanoseconds: 0) + duration
  }

  @Test("Without sessions, it closes at once and is over when the permanent processes have ended")
  func withoutSessionsItClosesAtOnceAndIsOver() {
    var shutdown = Shutdown(now: at(.nanoseconds(0)), drain: .seconds(30))
    #expect(
      shutdown.advance(now: at(.nanoseconds(0)), sessionsLive: false, processesLive: true) == .close
    )
    #expect(
      shutdown.advance(now: at(.nanoseconds(1)), sessionsLive: false, processesLive: true) == nil)
    #expect(
      shutdown.advance(now: at(.nanoseconds(2)), sessionsLive: false, processesLive: false) == .over
    )
    #expect(
      shutdown.advance(now: at(.nanoseconds(3)), sessionsLive: false, processesLive: false) == nil)
  }

  @Test("Sessions have the whole drain time")
  func sessionsHaveWholeDrainTime() {
    var shutdown = Shutdown(now: at(.nanoseconds(5)), drain: .seconds(30))
    #expect(shutdown.deadline == at(.seconds(30) + .nanoseconds(5)))
    #expect(
      shutdown.advance(
        now: at(.seconds(30) + .nanoseconds(4)), sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.step == .drain)
    #expect(
      shutdown.advance(
        now: at(.seconds(30) + .nanoseconds(5)), sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("With a drain time of 0, sessions must leave at once")
  func withDrainTimeOf0() {
    var shutdown = Shutdown(now: at(.nanoseconds(5)), drain: .seconds(0))
    #expect(
      shutdown.advance(now: at(.nanoseconds(5)), sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("After the sessions, the permanent processes end")
  func afterSessions() {
    var shutdown = Shutdown(now: at(.nanoseconds(0)), drain: .seconds(0))
    #expect(
      shutdown.advance(now: at(.nanoseconds(0)), sessionsLive: true, processesLive: true) == .leave)
    #expect(shutdown.deadline == at(Shutdown.leaving))
    #expect(
      shutdown.advance(now: at(.nanoseconds(1)), sessionsLive: false, processesLive: true) == .close
    )
    #expect(shutdown.deadline == at(Shutdown.closing + .nanoseconds(1)))
  }

  @Test(
    "Sessions that do not leave in time are killed, and it is over when all processes have ended")
  func sessionsThatDoNotLeaveInTimeAreKilled() {
    var shutdown = Shutdown(now: at(.nanoseconds(0)), drain: .seconds(0))
    _ = shutdown.advance(now: at(.nanoseconds(0)), sessionsLive: true, processesLive: true)
    let late = Shutdown.leaving
    #expect(
      shutdown.advance(now: at(late - .nanoseconds(1)), sessionsLive: true, processesLive: true)
        == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: true, processesLive: true) == .force)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: true, processesLive: false) == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: false) == .over)
  }

  @Test("Permanent processes that do not end in time are killed")
  func permanentProcessesThatDoNotEndInTimeAre() {
    var shutdown = Shutdown(now: at(.nanoseconds(0)), drain: .seconds(30))
    _ = shutdown.advance(now: at(.nanoseconds(0)), sessionsLive: false, processesLive: true)
    let late = Shutdown.closing
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: true) == .force)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A process that cannot even be killed is left behind")
  func processThatCannotEvenBeKilledIsLeftBehind() {
    var shutdown = Shutdown(now: at(.nanoseconds(0)), drain: .seconds(0))
    _ = shutdown.advance(now: at(.nanoseconds(0)), sessionsLive: true, processesLive: true)
    _ = shutdown.advance(now: at(Shutdown.leaving), sessionsLive: true, processesLive: true)
    let end = Shutdown.leaving + Shutdown.dying
    #expect(
      shutdown.advance(now: at(end - .nanoseconds(1)), sessionsLive: true, processesLive: true)
        == nil)
    #expect(shutdown.advance(now: at(end), sessionsLive: true, processesLive: true) == .over)
  }

  @Test("The steps after the drain time take 9 seconds at the most")
  func stepsAfterDrainTimeTake9SecondsAtMost() {
    #expect(Shutdown.leaving + Shutdown.closing + Shutdown.dying <= .seconds(9))
  }
}
