import Testing
import XferProtocol

@testable import XferMetrics

@Suite("The scoreboard counts for all processes")
struct ScoreboardTests {
  private let board: Scoreboard

  init() throws { board = try Scoreboard(sessions: 3) }

  @Test("Counters, reasons and gauges begin at 0")
  func countsBeginAtZero() {
    for counter in Counter.allCases { #expect(board[counter] == 0) }
    for scope in Scoreboard.Scope.allCases {
      for reason in Reason.allCases { #expect(board[scope, reason] == 0) }
    }
    for gauge in Gauge.allCases where gauge != .startedAt { #expect(board[gauge] == 0) }
  }

  @Test("The start of the receiver is the time at which the scoreboard was made")
  func startIsSet() { #expect(board[.startedAt] > 0) }

  @Test("A counter grows by 1, or by the amount that it is given")
  func counterGrows() {
    board.add(.transfersCompleted)
    board.add(.transfersCompleted)
    board.add(.bytesReceived, by: 1 << 40)
    #expect(board[.transfersCompleted] == 2)
    #expect(board[.bytesReceived] == 1 << 40)
  }

  @Test("A gauge has the value that was set last")
  func gaugeHasLastValue() {
    board.set(.sessions, 5)
    board.set(.sessions, 2)
    #expect(board[.sessions] == 2)
  }

  @Test("Each counter, gauge and reason has its own place")
  func placesDoNotOverlap() {
    for counter in Counter.allCases { board.add(counter, by: Int64(1000 + counter.rawValue)) }
    for gauge in Gauge.allCases { board.set(gauge, Int64(2000 + gauge.rawValue)) }
    for reason in Reason.allCases {
      for _ in 0..<reason.rawValue { board.count(.connection, reason: reason) }
      for _ in 0..<(100 + reason.rawValue) { board.count(.transfer, reason: reason) }
    }
    for counter in Counter.allCases { #expect(board[counter] == Int64(1000 + counter.rawValue)) }
    for gauge in Gauge.allCases { #expect(board[gauge] == Int64(2000 + gauge.rawValue)) }
    for reason in Reason.allCases {
      #expect(board[.connection, reason] == Int64(reason.rawValue))
      #expect(board[.transfer, reason] == Int64(100 + reason.rawValue))
    }
    #expect(board.session(0).pid == 0)
  }

  @Test("Two scoreboards share no counts")
  func scoreboardsAreSeparate() throws {
    let other = try Scoreboard(sessions: 1)
    board.add(.connectionsAccepted)
    #expect(other[.connectionsAccepted] == 0)
  }

  @Test("The stage of the shutdown is running until another one is set")
  func shutdownStageIsKept() {
    #expect(board.shutdownStage == .running)
    board.shutdownStage = .draining
    #expect(board.shutdownStage == .draining)
    #expect(board[.draining] == 1)
    board.shutdownStage = .leaving
    #expect(board[.draining] == 2)
  }

  @Test("A stage of the shutdown that is not known counts as the last one")
  func unknownStageIsLeaving() {
    board.set(.draining, 9)
    #expect(board.shutdownStage == .leaving)
  }
}
