import Synchronization
import XferSystem

/// The rates at which clients, addresses and all together may send, in memory shared by all
/// sessions.
///
/// Each key has a moment up to which its bytes are paid for. Bytes move it on by the time that they
/// take at the rate, and a session waits until the moment has come (the virtual scheduling of GCRA,
/// ITU-T I.371). One atomic word is enough for that, so there is no lock that a killed session
/// could hold. Keys are hashed to cells; keys of one cell share a rate.
package struct ByteRates: @unchecked Sendable {
  static let cells = 16_384
  static let size = cells * 8

  /// A silent key may save up the bytes of so much time.
  private static let burst = Duration.milliseconds(250)
  /// The largest time by which a moment may be ahead, so that no session waits longer. Bytes beyond
  /// it are not counted.
  private static let mostAhead = Duration.seconds(10)

  let start: UnsafeMutableRawPointer

  /// One rate of one key.
  package struct Rate: Sendable {
    fileprivate let moment: Int
    /// Bytes a second.
    package let bytesPerSecond: UInt64

    /// The number of bytes to receive at once while the moment of the key is ahead by so much:
    /// those of a quarter of a second, and fewer if many sessions share the rate, so that none of
    /// them waits for long. At least 4096.
    package func piece(ahead: Duration) -> Int {
      let share = 0.25 / (1 + 4 * max(ahead, .zero).inSeconds)
      return max(Int(Double(min(bytesPerSecond, UInt64(Int32.max))) * share), 4096)
    }
  }

  /// Returns the rate of a key. Sessions with the same key share it.
  package func rate(of key: String, bytesPerSecond: UInt64) -> Rate {
    Rate(
      moment: SharedHash.index(of: key, below: ByteRates.cells),
      bytesPerSecond: max(bytesPerSecond, 1))
  }

  /// Counts bytes that have arrived. Returns the moment from which on more of them may be received.
  package func charge(_ bytes: Int, to rate: Rate, now: MonotonicTime) -> MonotonicTime {
    let earliest = now.nanoseconds - ByteRates.burst.nanoseconds
    let latest = now.nanoseconds + ByteRates.mostAhead.nanoseconds
    let time = Double(bytes) * 1e9 / Double(rate.bytesPerSecond)
    let cost = Int64(min(time, Double(latest - earliest)))
    let cell = (start + rate.moment * 8).assumingMemoryBound(to: Atomic<Int64>.self)
    var paid = cell.pointee.load(ordering: .relaxed)
    while true {
      let next = min(max(paid, earliest) + cost, latest)
      let (isExchanged, found) = cell.pointee.compareExchange(
        expected: paid, desired: next, ordering: .relaxed)
      if isExchanged { return MonotonicTime(nanoseconds: next) }
      paid = found
    }
  }
}
