import Testing
import XferSystem

@testable import XferMetrics

@Suite("All sessions of a key share its rate of bytes")
struct ByteRatesTests {
  private let board: Scoreboard
  private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

  init() throws { board = try Scoreboard(sessions: 1) }

  @Test("Bytes take their time at the rate, after a quarter of a second that is saved up")
  func bytesTakeTheirTime() {
    let rate = board.rates.rate(of: "a", bytesPerSecond: 1000)
    #expect(board.rates.charge(250, to: rate, now: now) == now)
    #expect(board.rates.charge(1000, to: rate, now: now) == now + .seconds(1))
    let same = board.rates.rate(of: "a", bytesPerSecond: 1000)
    #expect(board.rates.charge(1000, to: same, now: now) == now + .seconds(2))
  }

  @Test("Another key has a rate of its own")
  func keysAreApart() {
    let (one, other) = (rate("a"), rate("b"))
    _ = board.rates.charge(1_000_000, to: one, now: now)
    #expect(board.rates.charge(250, to: other, now: now) == now)
  }

  @Test("A key that has been silent for long saves up no more than a quarter of a second")
  func silenceIsNotSavedUp() {
    let later = now + .seconds(1_000)
    _ = board.rates.charge(1, to: rate("a"), now: now)
    #expect(board.rates.charge(1250, to: rate("a"), now: later) == later + .seconds(1))
  }

  @Test("Sessions that wait for long receive small pieces, so that many share a rate fairly")
  func piecesBecomeSmall() {
    let rate = board.rates.rate(of: "a", bytesPerSecond: 1_000_000)
    #expect(rate.piece(ahead: .seconds(-1)) == 250_000)
    #expect(rate.piece(ahead: .seconds(1)) == 50_000)
    #expect(self.rate("b").piece(ahead: .zero) == 4096)
  }

  @Test("However many bytes come, a key waits ten seconds at most")
  func momentIsBounded() {
    #expect(board.rates.charge(.max, to: rate("a"), now: now) == now + .seconds(10))
    #expect(board.rates.charge(1, to: rate("a"), now: now) == now + .seconds(10))
  }

  @Test("A peer cannot choose addresses that share the rate of another one")
  func sharedCellsAreNotForeseen() {
    // By FNV-1a without a key, which any peer can compute, all of these share a cell.
    let networks = ["10.0.0.1", "10.9.12.231", "10.9.66.212", "10.9.128.140", "10.9.155.50"]
    _ = board.rates.charge(1_000_000, to: rate("network \(networks[0])"), now: now)
    let free = networks.dropFirst().filter {
      board.rates.charge(250, to: rate("network \($0)"), now: now) == now
    }
    #expect(!free.isEmpty)
  }

  private func rate(_ key: String) -> ByteRates.Rate {
    board.rates.rate(of: key, bytesPerSecond: 1000)
  }
}
