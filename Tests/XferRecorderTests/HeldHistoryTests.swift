import GRDB
import Testing
import XferProtocol
import XferSystem

@testable import XferRecorder
@testable import XferSQLite

@Suite("While another program holds the history", .timeLimit(.minutes(20)))
struct HeldHistoryTests {
  private let rig: RecorderRig
  private let session: SessionEnd
  private let other: DatabaseQueue

  init() throws {
    rig = try RecorderRig()
    session = try SessionEnd()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    other = try DatabaseQueue(path: rig.data.databasePath, configuration: configuration)
    // The recorder does not wait for the other program, so that the test need not either.
    _ = try rig.history.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA busy_timeout = 0") }
  }

  private func hold() throws {
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
  }

  private func letGo() throws {
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
  }

  @Test("No transfer or failure is answered, and after that every one is")
  func requestsWaitAndNoneIsLost() throws {
    let queue = RequestQueue(rig.context, history: rig.store)
    try hold()
    let requests = try session.send(
      .publish(ticket: 1, rig.sealed("a")), .fail(ticket: 2, rig.failed("f")),
      .publish(ticket: 3, rig.sealed("b")))
    #expect(requests.count == 3)
    try queue.handle(requests)
    #expect(queue.isBehind && queue.dueAt < .never)
    #expect(try session.replies() == [] && rig.published() == [])
    #expect(rig.board[.recorderReady] == 0)

    try letGo()
    while queue.isBehind { try queue.handle([]) }
    let replies = try session.replies()
    #expect(Set(replies.map(\.ticket)) == [1, 2, 3])
    #expect(replies.compactMap { $0.receipt?.name.text } == ["a", "b"])
    #expect(try Set(rig.rows()) == ["a completed", "b completed", "f failed"])
    #expect(rig.board[.recorderReady] == 1)
  }

  @Test("A health check is refused at once")
  func healthCheckIsRefused() throws {
    let queue = RequestQueue(rig.context, history: rig.store)
    try hold()
    try queue.handle(try session.send(.publish(ticket: 1, rig.sealed("a")), .check(ticket: 2)))
    #expect(try session.replies().map { "\($0.ticket) \($0.reason == .unavailable)" } == ["2 true"])
    try letGo()
    while queue.isBehind { try queue.handle([]) }
    try queue.handle(try session.send(.check(ticket: 3)))
    #expect(try session.replies().last == .done(ticket: 3))
  }

  @Test("A published group keeps its answers until its rows are history")
  func publishedGroupWaitsForItsCommit() throws {
    var requests = GroupRequests()
    _ = requests.take(try rig.sealed("a"), for: session.ticket(1))
    requests.take(rig.failed("f"), for: session.ticket(2))
    let group = PublicationGroup(requests, context: rig.context)
    defer { group.release() }
    try group.record()
    try group.publish()
    try hold()
    var pending = PendingCommit(rig.context)
    try pending.finish(group)
    #expect(!pending.isEmpty && rig.board[.recorderReady] == 0)
    try pending.settle()
    #expect(try rig.published() == ["a"] && rig.rows() == [] && session.replies() == [])

    try letGo()
    try pending.settle()
    #expect(pending.isEmpty && rig.board[.recorderReady] == 1)
    #expect(try session.replies().map(\.ticket) == [1, 2])
    #expect(try Set(rig.rows()) == ["a completed", "f failed"])
  }
}
