import Testing
import XferSystem

@testable import XferSupervisor

@Suite("A shutdown drains, closes and kills in order")
struct ShutdownTests {
  /// A moment after the start of the clock.
  private func at(_ duration: Duration) -> MonotonicTime {
    MonotonicTime(nanoseconds: 0) + duration
  }

  /// A number of nanoseconds after the start of the clock.
  private func at(_ nanoseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds)
  }

  @Test("A shutdown without sessions ends the permanent processes at once")
  func shutdownWithoutSessionsClosesAtOnce() {
    var shutdown = Shutdown(now: at(0), drain: .seconds(30))
    #expect(
      shutdown.advance(now: at(0), sessionsLive: false, processesLive: true) == .close
    )
    #expect(
      shutdown.advance(now: at(1), sessionsLive: false, processesLive: true) == nil)
    #expect(
      shutdown.advance(now: at(2), sessionsLive: false, processesLive: false) == .over
    )
    #expect(
      shutdown.advance(now: at(3), sessionsLive: false, processesLive: false) == nil)
  }

  @Test("Sessions may run for the whole drain time")
  func sessionsGetWholeDrainTime() {
    var shutdown = Shutdown(now: at(5), drain: .seconds(30))
    #expect(shutdown.deadline == at(.seconds(30) + .nanoseconds(5)))
    #expect(
      shutdown.advance(
        now: at(.seconds(30) + .nanoseconds(4)), sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.step == .drain)
    #expect(
      shutdown.advance(
        now: at(.seconds(30) + .nanoseconds(5)), sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("A drain time of 0 ends sessions at once")
  func zeroDrainTimeEndsSessions() {
    var shutdown = Shutdown(now: at(5), drain: .seconds(0))
    #expect(
      shutdown.advance(now: at(5), sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("The permanent processes end after the sessions")
  func processesEndAfterSessions() {
    var shutdown = Shutdown(now: at(0), drain: .seconds(0))
    #expect(
      shutdown.advance(now: at(0), sessionsLive: true, processesLive: true) == .leave)
    #expect(shutdown.deadline == at(Shutdown.leaving))
    #expect(
      shutdown.advance(now: at(1), sessionsLive: false, processesLive: true) == .close
    )
    #expect(shutdown.deadline == at(Shutdown.closing + .nanoseconds(1)))
  }

  @Test("A session that does not end in time is killed")
  func lateSessionsAreKilled() {
    var shutdown = Shutdown(now: at(0), drain: .seconds(0))
    _ = shutdown.advance(now: at(0), sessionsLive: true, processesLive: true)
    let late = Shutdown.leaving
    #expect(
      shutdown.advance(now: at(late - .nanoseconds(1)), sessionsLive: true, processesLive: true)
        == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: true, processesLive: true) == .force)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: true, processesLive: false) == nil)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A permanent process that does not end in time is killed")
  func latePermanentProcessesAreKilled() {
    var shutdown = Shutdown(now: at(0), drain: .seconds(30))
    _ = shutdown.advance(now: at(0), sessionsLive: false, processesLive: true)
    let late = Shutdown.closing
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: true) == .force)
    #expect(shutdown.advance(now: at(late), sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A process that does not die from SIGKILL is left behind")
  func unkillableProcessIsLeftBehind() {
    var shutdown = Shutdown(now: at(0), drain: .seconds(0))
    _ = shutdown.advance(now: at(0), sessionsLive: true, processesLive: true)
    _ = shutdown.advance(now: at(Shutdown.leaving), sessionsLive: true, processesLive: true)
    let end = Shutdown.leaving + Shutdown.dying
    #expect(
      shutdown.advance(now: at(end - .nanoseconds(1)), sessionsLive: true, processesLive: true)
        == nil)
    #expect(shutdown.advance(now: at(end), sessionsLive: true, processesLive: true) == .over)
  }

  @Test("A shutdown takes at most 9 seconds after the drain time")
  func shutdownAfterDrainTakes9Seconds() {
    #expect(Shutdown.leaving + Shutdown.closing + Shutdown.dying <= .seconds(9))
  }
}
