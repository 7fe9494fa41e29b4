import Testing
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

@Suite("The totals agree with the rows")
struct TotalsTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  @Test("The totals of an empty history are zero")
  func emptyHistoryHasZeroTotals() throws {
    let summary = try history.summary()
    #expect((summary.all.transfers, summary.all.bytes, summary.all.failures) == (0, 0, 0))
    #expect(summary.failures.isEmpty && summary.busiest.isEmpty && summary.latest.isEmpty)
  }

  @Test("The totals equal the sums of the rows in total, by client and by reason")
  func totalsAreSumsOfRows() throws {
    try fill()
    let (entries, summary) = try (history.entries(), history.summary())
    let completed = entries.filter { $0.status == .completed }
    #expect(summary.all.transfers == Int64(completed.count))
    #expect(summary.all.bytes == completed.reduce(0) { $0 + $1.size })
    #expect(summary.all.failures == failures(entries))
    for client in summary.busiest {
      let own = entries.filter { $0.client.key == client.client }
      let bytes = own.filter { $0.status == .completed }.reduce(0) { $0 + $1.size }
      #expect(client.sum.bytes == bytes)
      #expect(client.sum.transfers == Int64(own.count { $0.status == .completed }))
      #expect(client.sum.failures == failures(own))
    }
    for reason in summary.failures {
      #expect(reason.count == failures(entries.filter { $0.reason == reason.reason }))
    }
  }

  /// Returns the number of failures, as each failed row counts its repetitions.
  private func failures(_ entries: [HistoryEntry]) -> Int64 {
    entries.filter { $0.status == .failed }.reduce(0) { $0 + $1.attempts }
  }

  @Test("The summary orders clients by bytes, reasons by count, and has the ten latest rows")
  func busiestClientsComeFirst() throws {
    try fill()
    let (entries, summary) = try (history.entries(), history.summary())
    #expect(summary.busiest.map(\.sum.bytes) == summary.busiest.map(\.sum.bytes).sorted(by: >))
    #expect(summary.failures.map(\.count) == summary.failures.map(\.count).sorted(by: >))
    #expect(Set(summary.failures.map(\.reason)) == Set(entries.compactMap(\.reason)))
    #expect(summary.latest == Array(entries.prefix(10)))
  }

  @Test("The summary shows at most ten clients")
  func summaryShowsTenBusiestClients() throws {
    for number in 1...30 {
      try writer.deliver(try sealed("\(number)", size: UInt64(number), client: "10.0.0.\(number)"))
    }
    #expect(try history.summary().busiest.map(\.sum.bytes) == (21...30).reversed())
  }

  @Test("The recent totals cover exactly the last minute and the last hour")
  func recentTotalsCoverMinuteAndHour() throws {
    let now: Int64 = 10_000
    for (index, age) in ([0, 59, 61, 3599, 3601] as [Int64]).enumerated() {
      try writer.deliver(try sealed("\(index)", size: 1), at: second(now - age))
    }
    let summary = try history.summary(now: second(now))
    #expect(summary.lastMinute.transfers == 2)
    #expect(summary.lastHour.transfers == 4)
    #expect(summary.all.transfers == 5)
  }

  @Test("An old delivery leaves the recent totals and stays in the total of all")
  func oldDeliveriesLeaveRecentTotals() throws {
    try writer.deliver(try sealed("old", size: 1), at: second(0))
    try writer.deliver(try sealed("new", size: 1), at: second(100_000))
    #expect(try history.summary(now: second(10)).lastHour.transfers == 0)
    #expect(try history.summary(now: second(100_000)).lastHour.transfers == 1)
    #expect(try history.summary().all.transfers == 2)
  }

  @Test("A delivery at a time in the future does not count as recent, even when that time arrives")
  func futureRowsAreNotRecent() throws {
    let ahead = Timestamp(microseconds: Timestamp.now.microseconds + 86_400_000_000)
    try writer.deliver(try sealed("ahead", size: 1), at: ahead)
    #expect(try history.summary().lastHour.transfers == 0)
    try writer.deliver(try sealed("now", size: 1), at: .now)
    #expect(try history.summary().lastHour.transfers == 1)
    // The row does not count at that time either.
    #expect(try history.summary(now: ahead).lastMinute.transfers == 0)
    #expect(try history.summary().all.transfers == 2)
  }

  /// Adds groups of deliveries and failures of a few clients.
  private func fill() throws {
    let reasons: [Reason] = [.corrupt, .cut, .cut, .exists]
    for group in 0..<10 {
      let transfers = try (0..<7).map { number in
        try sealed(
          "\(group)/\(number)", size: UInt64(group * number), client: "10.0.0.\(number % 3)")
      }
      let recorded = try writer.record(transfers, .lazy)
      let failures = reasons.prefix(group % 5).map { failed(client: "10.0.0.9", reason: $0) }
      try writer.complete(
        recorded.map { .published($0, at: second(100 + Int64(group))) }, failures: Array(failures))
    }
  }
}
