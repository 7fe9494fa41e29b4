import Testing

@testable import XferMetrics

@Suite("Sessions are counted by network and by client, without a lock")
struct SessionGroupTests {
  private let board: Scoreboard

  init() throws {
    board = try Scoreboard(sessions: 4)
    for index in 0..<4 { board.session(index).claim(address: "127.0.0.1", now: 1) }
  }

  private func enter(
    _ index: Int, _ key: String, limit: Int, _ group: SessionSlot.Group = .client
  ) -> Bool {
    board.enter(board.session(index), group, key: key, limit: limit)
  }

  @Test("As many sessions as the limit enter, in the order in which they come")
  func limitIsKept() {
    #expect(enter(3, "a", limit: 2) && enter(0, "a", limit: 2))
    #expect(!enter(1, "a", limit: 2))
    #expect(enter(2, "b", limit: 2))
  }

  @Test("A refused session takes no place")
  func refusedSessionTakesNoPlace() {
    #expect(enter(0, "a", limit: 1))
    for _ in 0..<3 { #expect(!enter(1, "a", limit: 1)) }
    board.session(0).clear()
    #expect(enter(2, "a", limit: 1))
  }

  @Test("A session that ends, or whose slot is claimed again, frees its place")
  func endedSessionFreesItsPlace() {
    #expect(enter(0, "a", limit: 1) && enter(1, "b", limit: 1))
    board.session(0).clear()
    board.session(1).claim(address: "::1", now: 2)
    #expect(enter(2, "a", limit: 1) && enter(3, "b", limit: 1))
  }

  @Test("Networks and clients are counted apart")
  func groupsAreApart() {
    #expect(enter(0, "a", limit: 1, .network) && enter(1, "a", limit: 1, .client))
    #expect(!enter(2, "a", limit: 1, .network))
  }
}
