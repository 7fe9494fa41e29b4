import Testing
import XferHistory
import XferProtocol
import XferSQLite

@Suite("What was delivered last under a name")
struct LatestTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  private func deliver(_ name: String, content: UInt8, at moment: Int64) throws -> Receipt {
    let transfer = try sealed(name, content: content)
    try writer.deliver(transfer, at: second(moment))
    return try #require(try writer.receipt(of: transfer.id, from: "127.0.0.2"))
  }

  /// Rows enough that what follows is in another segment.
  private func fillSegment(at moment: Int64) throws {
    let recorded = try writer.record((0..<17_000).map { try sealed("many/\($0)") }, .lazy)
    try writer.complete(recorded.map { .published($0, at: second(moment)) }, failures: [])
  }

  @Test("A delivery is the latest until other content has its name, however many came between")
  func deliveryIsLatestUntilOtherContentHasItsName() throws {
    let first = try deliver("a[1]*", content: 1, at: 100)
    let other = try deliver("a1", content: 2, at: 101)
    try fillSegment(at: 102)
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
    let second = try deliver("a[1]*", content: 2, at: 103)
    #expect(try !writer.isLatest(first, from: "127.0.0.2"))
    #expect(try writer.isLatest(second, from: "127.0.0.2"))
    #expect(try writer.isLatest(other, from: "127.0.0.2"))
  }

  @Test("The same content delivered again leaves the first one the latest")
  func sameContentDeliveredAgainLeavesFirstOneLatest() throws {
    let first = try deliver("a", content: 1, at: 100)
    try fillSegment(at: 102)
    _ = try deliver("a", content: 1, at: 103)
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
  }

  @Test("What is latest goes by the order of the deliveries, also where the clock stepped back")
  func whatIsLatestGoesByOrderOfDeliveries() throws {
    let first = try deliver("a", content: 1, at: 100)
    try fillSegment(at: 90)
    let second = try deliver("a", content: 2, at: 80)
    #expect(try !writer.isLatest(first, from: "127.0.0.2"))
    #expect(try writer.isLatest(second, from: "127.0.0.2"))
  }

  @Test("A failure under the name changes nothing")
  func failureUnderNameChangesNothing() throws {
    let first = try deliver("a", content: 1, at: 100)
    try writer.complete([], failures: [failed("a")])
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
  }
}
