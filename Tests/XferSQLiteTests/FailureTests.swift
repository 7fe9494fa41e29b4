import Testing
import XferHistory
import XferProtocol
import XferSQLite

@Suite("The history records failures once and counts repetitions")
struct FailureTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  @Test("The row of a failure has its reason and its detail")
  func failureRowHasReasonAndDetail() throws {
    try writer.complete([], failures: [failed("../etc", reason: .badName)])
    let entry = try #require(try history.entries().first)
    #expect((entry.status, entry.reason, entry.detail) == (.failed, "bad_name", "a sentence"))
    #expect((entry.name, entry.size, entry.wire) == ("../etc", 5, .classic))
    #expect(entry.digest == nil)
    #expect(entry.bytesPerSecond == nil)
  }

  @Test("A failure that is reported repeatedly has one row and counts once")
  func sameFailureCountsOnce() throws {
    let failure = failed()
    try writer.complete([], failures: [failure, failure])
    try writer.complete([], failures: [failure])
    #expect(try history.entries().count == 1)
    let summary = try history.summary()
    #expect(summary.all.failures == 1)
    #expect(summary.failures.map(\.count) == [1])
  }

  @Test("Failures with the same client, name and reason share one row with a count")
  func failuresOfOneKindShareRow() throws {
    try writer.complete([], failures: [failed("f", startedAt: second(50)), failed("other")])
    let first = try #require(try history.entries(HistoryFilter(name: "f")).first)
    #expect((first.attempts, first.firstFinishedAt) == (1, nil))
    for number in 1...9 {
      try writer.complete([], failures: [failed("f", startedAt: second(50 + Int64(number)))])
    }
    let entry = try #require(try history.entries().first)
    #expect((entry.name, entry.attempts, entry.startedAt) == ("f", 10, second(59)))
    #expect(entry.firstFinishedAt == first.finishedAt)
    #expect(entry.id > first.id)
    #expect(try history.entries().count == 2)
    #expect(try history.summary().all.failures == 11)
  }

  @Test(
    "A failure with another client, name or reason has its own row",
    arguments: [
      failed("g"), failed("f", client: "127.0.0.4"), failed("f", reason: .exists),
    ])
  func otherKindOfFailureHasOwnRow(_ other: FailedTransfer) throws {
    try writer.complete([], failures: [failed("f"), other])
    #expect(try history.entries().map(\.attempts) == [1, 1])
  }

  @Test("Failures that share a row and are reported again do not count again")
  func reportedAgainFailuresCountOnce() throws {
    let failures = (1...5).map { failed("f", startedAt: second($0)) }
    try writer.complete([], failures: failures)
    let again = failures.map { failure in
      var failure = failure
      failure.mayBeTold = true
      return failure
    }
    try writer.complete([], failures: again)
    #expect(try history.entries().map(\.attempts) == [5])
    #expect(try history.summary().all.failures == 5)
  }

  @Test("Failed publications of one name share the row of their kind")
  func failedPublicationsShareRow() throws {
    let transfers = try (0..<3).map { _ in try sealed("f") }
    let recorded = try writer.record(transfers, .lazy)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    // Their session reports them, too.
    let told = transfers.map {
      FailedTransfer(
        id: $0.id, name: "f", size: 10, client: "127.0.0.2", wire: .native,
        startedAt: $0.startedAt, reason: .exists, detail: "it is here", mayBeTold: true)
    }
    try writer.complete([], failures: told)
    #expect(try history.entries().map(\.attempts) == [3])
    #expect(try writer.unpublished().isEmpty)
  }

  @Test("A transfer that failed and is delivered later has a row for each")
  func failedTransferCanBeDelivered() throws {
    let failure = failed()
    try writer.complete([], failures: [failure])
    try writer.deliver(try sealed(id: failure.id))
    #expect(try Set(history.entries().map(\.status)) == [.completed, .failed])
    #expect(try writer.receipt(of: failure.id, from: "127.0.0.2") != nil)
  }

  @Test("A recorded transfer that cannot be published becomes a failure and may be retried")
  func failedPublicationMayBeRetried() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    let entry = try #require(try history.entries().first)
    #expect((entry.status, entry.reason, entry.detail) == (.failed, "exists", "it is here"))
    #expect(try writer.unpublished().isEmpty)
    #expect(try writer.receipt(of: transfer.id, from: "127.0.0.2") == nil)
    #expect(try writer.record([transfer], .durable).count == 1)
  }

  @Test("A failure that the recorder and the session both report has one row")
  func failureOfRecorderAndSessionIsOneRow() throws {
    let transfer = try sealed()
    let recorded = try writer.record([transfer], .durable)
    try writer.complete(recorded.map { .failed($0, Refusal(.exists, "it is here")) }, failures: [])
    let same = failed(
      id: transfer.id, client: transfer.client, reason: .exists, startedAt: transfer.startedAt)
    try writer.complete([], failures: [same])
    #expect(try history.entries().count == 1)
    #expect(try history.summary().all.failures == 1)
  }
}
