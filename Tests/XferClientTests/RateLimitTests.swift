import Testing
import XferSystem

@testable import XferClient

@Suite("A limit grants no more bytes a second than it has")
struct RateLimitTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  @Test("Over ten seconds a sender gets the rate", arguments: [1, 1000, 20_000_000, 3_000_000_000])
  func senderGetsRate(rate: UInt64) {
    let limit = RateLimit(rate: rate, now: start)
    var now = start
    var sent = 0
    while now - start < .seconds(10) {
      let count = limit.take(upTo: 1 << 20, now: now)
      sent += count
      if count == 0 { now = now + max(limit.pause(now: now), .nanoseconds(1)) }
    }
    #expect(sent >= Int(rate) * 9)
    #expect(sent <= Int(rate) * 11 + 2)
  }

  @Test("Bytes that were sent without a question are waited for afterwards")
  func chargedBytesCount() {
    let limit = RateLimit(rate: 1000, now: start)
    limit.charge(5000, now: start)
    #expect(limit.take(upTo: 1, now: start) == 0)
    #expect(limit.pause(now: start) == .seconds(5))
    #expect(limit.take(upTo: 1, now: start + .seconds(6)) == 1)
  }

  @Test("A sender that was idle has a tenth of a second to its credit, and no more")
  func idleSenderHasLittleCredit() {
    let limit = RateLimit(rate: 1000, now: start)
    let later = start + .seconds(3600)
    var sent = 0
    while limit.pause(now: later) <= .zero { sent += limit.take(upTo: 10_000, now: later) }
    #expect((100...300).contains(sent), "\(sent)")
  }
}
