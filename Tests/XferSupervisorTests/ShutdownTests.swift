import Testing

@testable import XferSupervisor

@Suite("The orderly shutdown")
struct ShutdownTests {
  private let second: Int64 = 1_000_000_000

  @Test("Without sessions, it closes at once and is over when the permanent processes have ended")
  func withoutSessionsItClosesAtOnceAndIsOver() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    #expect(shutdown.advance(now: 0, sessionsLive: false, processesLive: true) == .close)
    #expect(shutdown.advance(now: 1, sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: 2, sessionsLive: false, processesLive: false) == .over)
    #expect(shutdown.advance(now: 3, sessionsLive: false, processesLive: false) == nil)
  }

  @Test("Sessions have the whole drain time")
  func sessionsHaveWholeDrainTime() {
    var shutdown = Shutdown(now: 5, drainSeconds: 30)
    #expect(shutdown.deadline == 5 + 30 * second)
    #expect(shutdown.advance(now: 4 + 30 * second, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.step == .drain)
    #expect(
      shutdown.advance(now: 5 + 30 * second, sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("With a drain time of 0, sessions must leave at once")
  func withDrainTimeOf0() {
    var shutdown = Shutdown(now: 5, drainSeconds: 0)
    #expect(shutdown.advance(now: 5, sessionsLive: true, processesLive: true) == .leave)
  }

  @Test("After the sessions, the permanent processes end")
  func afterSessions() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    #expect(shutdown.advance(now: 0, sessionsLive: true, processesLive: true) == .leave)
    #expect(shutdown.deadline == Shutdown.leaving)
    #expect(shutdown.advance(now: 1, sessionsLive: false, processesLive: true) == .close)
    #expect(shutdown.deadline == 1 + Shutdown.closing)
  }

  @Test(
    "Sessions that do not leave in time are killed, and it is over when all processes have ended")
  func sessionsThatDoNotLeaveInTimeAreKilled() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, processesLive: true)
    let late = Shutdown.leaving
    #expect(shutdown.advance(now: late - 1, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, processesLive: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, processesLive: false) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: false) == .over)
  }

  @Test("Permanent processes that do not end in time are killed")
  func permanentProcessesThatDoNotEndInTimeAre() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    _ = shutdown.advance(now: 0, sessionsLive: false, processesLive: true)
    let late = Shutdown.closing
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, processesLive: false) == .over)
  }

  @Test("A process that cannot even be killed is left behind")
  func processThatCannotEvenBeKilledIsLeftBehind() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, processesLive: true)
    _ = shutdown.advance(now: Shutdown.leaving, sessionsLive: true, processesLive: true)
    let end = Shutdown.leaving + Shutdown.dying
    #expect(shutdown.advance(now: end - 1, sessionsLive: true, processesLive: true) == nil)
    #expect(shutdown.advance(now: end, sessionsLive: true, processesLive: true) == .over)
  }

  @Test("The steps after the drain time take 9 seconds at the most")
  func stepsAfterDrainTimeTake9SecondsAtMost() {
    #expect(Shutdown.leaving + Shutdown.closing + Shutdown.dying <= 9 * second)
  }
}
