import XferSystem

/// Token buckets for any number of keys in a fixed amount of memory: how often each key may act.
///
/// A key takes from two cells, which its hash chooses, and is refused when both are empty (a
/// count-min sketch). So a key that shares one cell with a flood is still served by its other cell.
/// The hash has a seed of this process, so that a peer cannot choose addresses that share cells.
package struct RateTable: Sendable {
  private static let cells = 4096

  private struct Cell {
    var tokens: Double
    var filledAt: MonotonicTime
  }

  /// The number of actions a second that a key may take in the long run.
  private let perSecond: Double
  /// The number of actions that a key may take at once.
  private let burst: Double
  private var cells: [Cell]

  /// Creates a table in which each key may act `burst` times at once, and `perSecond` times a
  /// second then.
  package init(perSecond: Double, burst: Double) {
    self.perSecond = perSecond
    self.burst = burst
    cells = Array(
      repeating: Cell(tokens: burst, filledAt: .start), count: RateTable.cells)
  }

  /// Counts one action of a key. Returns false if the key has acted too often.
  package mutating func take(_ key: String, now: MonotonicTime) -> Bool {
    let first = RateTable.index(of: key, row: 0)
    let second = RateTable.index(of: key, row: 1)
    let isAllowed = take(at: first, now: now)
    return take(at: second, now: now) || isAllowed
  }

  /// True if a key has acted so often that it may not act now. Counts nothing.
  package func isExhausted(_ key: String, now: MonotonicTime) -> Bool {
    [0, 1].allSatisfy { tokens(at: RateTable.index(of: key, row: $0), now: now) < 1 }
  }

  private func tokens(at index: Int, now: MonotonicTime) -> Double {
    let earned = (now - cells[index].filledAt).inSeconds * perSecond
    return min(cells[index].tokens + earned, burst)
  }

  private mutating func take(at index: Int, now: MonotonicTime) -> Bool {
    cells[index].tokens = tokens(at: index, now: now)
    cells[index].filledAt = now
    guard cells[index].tokens >= 1 else { return false }
    cells[index].tokens -= 1
    return true
  }

  /// The first row is the lower half of the cells, the second one the upper half, so that both
  /// cells of a key differ.
  private static func index(of key: String, row: Int) -> Int {
    var hasher = Hasher()
    hasher.combine(row)
    hasher.combine(key)
    return Int(UInt(bitPattern: hasher.finalize()) % UInt(cells / 2)) + row * cells / 2
  }
}
