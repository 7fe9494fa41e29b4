import Testing

@testable import XferSupervisor

@Suite("The orderly end")
struct ShutdownTests {
  private let second: Int64 = 1_000_000_000

  @Test("With nobody there, it closes at once and is over when the staff has gone")
  func quiet() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    #expect(shutdown.advance(now: 0, sessionsLive: false, staffLives: true) == .close)
    #expect(shutdown.advance(now: 1, sessionsLive: false, staffLives: true) == nil)
    #expect(shutdown.advance(now: 2, sessionsLive: false, staffLives: false) == .over)
    #expect(shutdown.advance(now: 3, sessionsLive: false, staffLives: false) == nil)
  }

  @Test("Sessions have the whole drain time")
  func drains() {
    var shutdown = Shutdown(now: 5, drainSeconds: 30)
    #expect(shutdown.deadline == 5 + 30 * second)
    #expect(shutdown.advance(now: 4 + 30 * second, sessionsLive: true, staffLives: true) == nil)
    #expect(shutdown.step == .drain)
    #expect(shutdown.advance(now: 5 + 30 * second, sessionsLive: true, staffLives: true) == .leave)
  }

  @Test("With a drain time of 0, sessions are told to leave at once")
  func noDrain() {
    var shutdown = Shutdown(now: 5, drainSeconds: 0)
    #expect(shutdown.advance(now: 5, sessionsLive: true, staffLives: true) == .leave)
  }

  @Test("Sessions that leave are followed by the staff")
  func leaves() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    #expect(shutdown.advance(now: 0, sessionsLive: true, staffLives: true) == .leave)
    #expect(shutdown.deadline == Shutdown.leaving)
    #expect(shutdown.advance(now: 1, sessionsLive: false, staffLives: true) == .close)
    #expect(shutdown.deadline == 1 + Shutdown.closing)
  }

  @Test("What does not leave in time is forced, and it is over when all of it is gone")
  func forced() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, staffLives: true)
    let late = Shutdown.leaving
    #expect(shutdown.advance(now: late - 1, sessionsLive: true, staffLives: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, staffLives: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, staffLives: true) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: true, staffLives: false) == nil)
    #expect(shutdown.advance(now: late, sessionsLive: false, staffLives: false) == .over)
  }

  @Test("A staff that does not end in time is forced")
  func stubbornStaff() {
    var shutdown = Shutdown(now: 0, drainSeconds: 30)
    _ = shutdown.advance(now: 0, sessionsLive: false, staffLives: true)
    let late = Shutdown.closing
    #expect(shutdown.advance(now: late, sessionsLive: false, staffLives: true) == .force)
    #expect(shutdown.advance(now: late, sessionsLive: false, staffLives: false) == .over)
  }

  @Test("A process that cannot even be killed is left behind")
  func hung() {
    var shutdown = Shutdown(now: 0, drainSeconds: 0)
    _ = shutdown.advance(now: 0, sessionsLive: true, staffLives: true)
    _ = shutdown.advance(now: Shutdown.leaving, sessionsLive: true, staffLives: true)
    let end = Shutdown.leaving + Shutdown.dying
    #expect(shutdown.advance(now: end - 1, sessionsLive: true, staffLives: true) == nil)
    #expect(shutdown.advance(now: end, sessionsLive: true, staffLives: true) == .over)
  }

  @Test("The steps after the drain time take 9 seconds at the most")
  func bound() {
    #expect(Shutdown.leaving + Shutdown.closing + Shutdown.dying <= 9 * second)
  }
}
