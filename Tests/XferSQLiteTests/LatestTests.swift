import Testing
import XferHistory
import XferProtocol
import XferSQLite

@Suite("The latest delivery of a name is known")
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

  /// Adds enough rows that the next one is in another segment.
  private func fillSegment(at moment: Int64) throws {
    let recorded = try writer.record((0..<17_000).map { try sealed("many/\($0)") }, .lazy)
    try writer.complete(recorded.map { .published($0, at: second(moment)) }, failures: [])
  }

  @Test("A delivery is the latest of its name until other content is delivered under that name")
  func deliveryIsLatestUntilNameHasNewContent() throws {
    let first = try deliver("a[1]*", content: 1, at: 100)
    let other = try deliver("a1", content: 2, at: 101)
    try fillSegment(at: 102)
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
    let second = try deliver("a[1]*", content: 2, at: 103)
    #expect(try !writer.isLatest(first, from: "127.0.0.2"))
    #expect(try writer.isLatest(second, from: "127.0.0.2"))
    #expect(try writer.isLatest(other, from: "127.0.0.2"))
  }

  @Test("A second delivery of the same content keeps the first one the latest")
  func sameContentKeepsFirstDeliveryLatest() throws {
    let first = try deliver("a", content: 1, at: 100)
    try fillSegment(at: 102)
    _ = try deliver("a", content: 1, at: 103)
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
  }

  @Test("The latest delivery is the last row even if the clock stepped back")
  func latestFollowsOrderOfRows() throws {
    let first = try deliver("a", content: 1, at: 100)
    try fillSegment(at: 90)
    let second = try deliver("a", content: 2, at: 80)
    #expect(try !writer.isLatest(first, from: "127.0.0.2"))
    #expect(try writer.isLatest(second, from: "127.0.0.2"))
  }

  @Test("A failure does not change the latest delivery of its name")
  func failureKeepsLatestDelivery() throws {
    let first = try deliver("a", content: 1, at: 100)
    try writer.complete([], failures: [failed("a")])
    #expect(try writer.isLatest(first, from: "127.0.0.2"))
  }
}
