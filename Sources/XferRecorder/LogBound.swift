import Logging
import XferHistory
import XferSystem

/// Keeps the write-ahead log of the history from growing without end where readers overlap.
struct LogBound {
  /// Bytes from which on it is begun anew, at the cost of a short wait for readers. SQLite alone keeps it at
  /// some 35 MB while nobody reads.
  private static let usual: Int64 = 64 << 20
  /// Bytes from which on readers are waited for as long as a question to this receiver may take.
  private static let most: Int64 = 256 << 20
  private static let shortWait: Int32 = 200
  private static let longWait: Int32 = 11_000
  /// Nanoseconds between two attempts; after a long wait in vain another program is reading, for longer and longer.
  private static let pause: Int64 = 5_000_000_000
  private static let longestPause: Int64 = 600_000_000_000

  /// Nanoseconds between two looks at its length.
  private static let lookPause: Int64 = 50_000_000

  private var lookAt: Int64 = 0
  private var tryAt: Int64 = 0
  private var pause = LogBound.pause

  /// Called when something was written.
  mutating func look(_ keeper: Keeper) {
    let now = monotonicNanoseconds()
    guard now >= lookAt, now >= tryAt else { return }
    lookAt = now + LogBound.lookPause
    let bytes = keeper.history.logBytes
    guard bytes > LogBound.usual else { return }
    let isLong = bytes > LogBound.most
    do {
      let wait = isLong ? LogBound.longWait : LogBound.shortWait
      let isAnew = try keeper.history.truncateLog(waiting: wait)
      if isLong, !isAnew { complain(keeper, bytes) }
      pause = isAnew || !isLong ? LogBound.pause : min(pause * 2, LogBound.longestPause)
    } catch {
      keeper.log.error("could not shorten the history's log", metadata: ["error": "\(error)"])
    }
    tryAt = monotonicNanoseconds() + pause
  }

  private func complain(_ keeper: Keeper, _ bytes: Int64) {
    keeper.log.warning(
      """
      another program reads the history in one long transaction; until that ends, \
      the file history.sqlite-wal grows
      """, metadata: ["bytes": .stringConvertible(bytes)])
  }
}
