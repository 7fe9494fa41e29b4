import Glibc
import Testing
import XferMetrics
import XferProtocol
import XferReport
import XferSystem

@Suite("The stats page shows clients by their names")
struct StatsPageTests {
  private let board: Scoreboard

  init() throws { board = try Scoreboard(sessions: 20) }

  private func page(_ busiest: [String] = []) -> String {
    let none = HistorySummary.Sum(transfers: 0, bytes: 0, failures: 0)
    let summary = HistorySummary(
      all: none, lastMinute: none, lastHour: none, failures: [],
      busiest: busiest.map { ($0, none) }, latest: [])
    return StatsPage.render(board, summary: summary, now: Timestamp(microseconds: 90_000_000))
  }

  private func claim(_ slots: Range<Int>) {
    for index in slots {
      board.session(index).claim(address: "10.0.0.\(index)", now: Int64(index) * 1_000_000)
      board.session(index).show(pid: pid_t(1000 + index))
    }
  }

  @Test("A live session has its client's name and address, or its address alone")
  func sessionHasNameAndAddress() {
    claim(0..<3)
    board.session(1).identify("cam-7")
    board.session(2).clear()
    let lines = page().split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("  10.0.0.0 ") })
    #expect(lines.contains { $0.hasPrefix("  cam-7 (10.0.0.1) ") })
    #expect(!page().contains("10.0.0.2"))
  }

  @Test("The page lists the ten oldest sessions, and no table if there is none")
  func pageListsTenSessions() {
    #expect(!page().contains("\n  client "))
    claim(0..<12)
    #expect(page().contains("10.0.0.9 ") && !page().contains("10.0.0.10"))
  }

  @Test("The busiest clients have their names or addresses")
  func busiestClientsHaveNames() {
    #expect(page(["cam-7", "::1"]).contains("  cam-7 "))
    #expect(page(["cam-7", "::1"]).contains("  ::1 "))
  }
}
