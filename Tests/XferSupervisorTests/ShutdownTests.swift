import Testing

@testable import XferSupervisor

@Suite("A shutdown drains, closes and kills in order")
struct ShutdownTests {
  private let second: Int64 = 1_000_000_000

  @Test("A shutdown without sessions ends the permanent processes at once")
  func shutdownWithoutSessionsClosesAtOnce() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    #expect(shutdown.advance(now: 0, sessionsLive: false, processesLive: true) == .close)
    #expect(shutdown.advance(now: 1, sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: 2, sessionsLive: false, processesLive: false) == .over)
    #expect(shutdown.advance(now: 3, sessionsLive: false, processesLive: false) == nil)
  }

  @Test("Sessions may run for the whole drain time")
  func sessionsGetWholeDrainTime() {
    var shutdown = Shutdown(now: 5, drainSeconds: 30)
    #expect(shutdown.deadline == 5 + 30 * second)
    #expect(shutdown.advance(now: 4 + 30 * second, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.step == .drain)
    #expect(
      shutdown.advance(now: 5 + 30 * second, sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("A drain time of 0 ends sessions at once")
  func zeroDrainTimeEndsSessions() {
    var shutdown = Shutdown(now: 5, drainSeconds: 0)
    #expect(shutdown.advance(now: 5, sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("The permanent processes end after the sessions")
  func processesEndAfterSessions() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    #expect(shutdown.advance(now: 0, sessionsLive: true, processesLive: true) == .leave)
    #expect(shutdown.deadline == Shutdown.leaving)
    #expect(shutdown.advance(now: 1, sessionsLive: false, processesLive: true) == .close)
    #expect(shutdown.deadline == 1 + Shutdown.closing)
  }

  @Test("A session that does not end in time is killed")
  func lateSessionsAreKilled() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, processesLive: true)
    let late = Shutdown.leaving
    #expect(shutdown.advance(now: late - 1, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, processesLive: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, processesLive: false) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A permanent process that does not end in time is killed")
  func latePermanentProcessesAreKilled() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    _ = shutdown.advance(now: 0, sessionsLive: false, processesLive: true)
    let late = Shutdown.closing
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A process that does not die from SIGKILL is left behind")
  func unkillableProcessIsLeftBehind() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, processesLive: true)
    _ = shutdown.advance(now: Shutdown.leaving, sessionsLive: true, processesLive: true)
    let end = Shutdown.leaving + Shutdown.dying
    #expect(shutdown.advance(now: end - 1, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.advance(now: end, sessionsLive: true, processesLive: true) == .over)
  }

  @Test("A shutdown takes at most 9 seconds after the drain time")
  func shutdownAfterDrainTakes9Seconds() {
    #expect(Shutdown.leaving + Shutdown.closing + Shutdown.dying <= 9 * second)
  }
}
