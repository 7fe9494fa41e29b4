import Testing

@testable import XferClient

@Suite("A sender waits longer from one attempt to connect to the next")
struct BackoffTests {
  @Test("Pauses double from 200 ms to 15 s, each with a jitter of a half")
  func pausesDoubleWithJitter() {
    for _ in 0..<100 {
      var backoff = Backoff()
      for milliseconds in [200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000] {
        let pause = backoff.next()
        #expect(pause >= .milliseconds(milliseconds / 2))
        #expect(pause <= .milliseconds(milliseconds * 3 / 2))
      }
    }
  }

  @Test("A reset starts again with the shortest pause")
  func resetStartsAgain() {
    var backoff = Backoff()
    for _ in 0..<10 { _ = backoff.next() }
    backoff.reset()
    let pause = backoff.next()
    #expect(pause >= .milliseconds(100) && pause <= .milliseconds(300))
  }

  @Test("Many senders do not wait for the same time")
  func pausesDiffer() {
    var pauses: Set<Duration> = []
    for _ in 0..<20 {
      var backoff = Backoff()
      pauses.insert(backoff.next())
    }
    #expect(pauses.count > 1)
  }
}
