import Testing
import XferHistory
import XferProtocol

@Suite("Failures in the history")
struct FailureTests {
  private let history: TemporaryHistory
  private let writer: HistoryWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  @Test("A failure has a row with its reason and its sentence")
  func row() throws {
    try writer.complete([], failures: [failed("../etc", reason: .badName)])
    let entry = try #require(try history.entries().first)
    #expect((entry.status, entry.reason, entry.detail) == (.failed, "bad_name", "a sentence"))
    #expect((entry.name, entry.size, entry.wire) == ("../etc", 5, .classic))
    #expect(entry.digest == nil)
    #expect(entry.bytesPerSecond == nil)
  }

  @Test("A failure that is told twice is one row, and counts once")
  func toldTwice() throws {
    let failure = failed()
    try writer.complete([], failures: [failure, failure])
    try writer.complete([], failures: [failure])
    #expect(try history.entries().count == 1)
    let summary = try history.summary()
    #expect(summary.all.failures == 1)
    #expect(summary.failures.map(\.count) == [1])
  }

  @Test("The same transfer that fails in a second try has a second row")
  func secondTry() throws {
    let first = failed(startedAt: second(50))
    let again = failed(id: first.id, startedAt: second(60))
    try writer.complete([], failures: [first, again])
    #expect(try history.entries().count == 2)
  }

  @Test("A transfer that failed can be delivered later, and then has both rows")
  func deliveredLater() throws {
    let failure = failed()
    try writer.complete([], failures: [failure])
    try writer.deliver(try sealed(id: failure.id))
    #expect(try Set(history.entries().map(\.status)) == [.completed, .failed])
    #expect(try writer.receipt(of: failure.id) != nil)
  }

  @Test("A recorded transfer that gets no name becomes a failure, and may be tried again")
  func notPublished() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    let entry = try #require(try history.entries().first)
    #expect((entry.status, entry.reason, entry.detail) == (.failed, "exists", "it is here"))
    #expect(try writer.unpublished().isEmpty)
    #expect(try writer.receipt(of: transfer.id) == nil)
    #expect(try writer.record([transfer], .durable).count == 1)
  }

  @Test("A failure that the recorder wrote and the session tells too is one row")
  func toldBySessionToo() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    let same = failed(id: transfer.id, reason: .exists, startedAt: transfer.startedAt)
    try writer.complete([], failures: [same])
    #expect(try history.entries().count == 1)
    #expect(try history.summary().all.failures == 1)
  }
}
