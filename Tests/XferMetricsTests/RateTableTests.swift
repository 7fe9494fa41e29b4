import Testing
import XferMetrics
import XferSystem

@Suite("A table of rates bounds each key in a fixed amount of memory")
struct RateTableTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  @Test("A key may act in a burst, and then at its rate")
  func keyActsAtItsRate() {
    var table = RateTable(perSecond: 2, burst: 5)
    #expect((0..<7).map { _ in table.take("a", now: start) }.filter(\.self).count == 5)
    let later = start + .seconds(2)
    #expect((0..<7).map { _ in table.take("a", now: later) }.filter(\.self).count == 4)
  }

  @Test("A key that has been silent for long has no more than its burst")
  func silenceEarnsNoMoreThanBurst() {
    var table = RateTable(perSecond: 2, burst: 5)
    let later = start + .seconds(1_000_000)
    _ = table.take("a", now: start)
    #expect((0..<9).map { _ in table.take("a", now: later) }.filter(\.self).count == 5)
  }

  @Test("A key is exhausted when it may not act, and asking counts nothing")
  func exhaustedKeyIsTold() {
    var table = RateTable(perSecond: 2, burst: 2)
    for _ in 0..<9 { #expect(!table.isExhausted("a", now: start)) }
    _ = (table.take("a", now: start), table.take("a", now: start))
    #expect(table.isExhausted("a", now: start))
    #expect(!table.isExhausted("a", now: start + .seconds(1)))
  }

  @Test("A flood of one key leaves nearly all others served")
  func floodSparesOthers() {
    var table = RateTable(perSecond: 1, burst: 5)
    for _ in 0..<10_000 { _ = table.take("flood", now: start) }
    let served = (0..<1000).filter { table.take("other \($0)", now: start) }
    #expect(served.count >= 990)
  }
}
