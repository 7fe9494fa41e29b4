import Logging
import XferHistory
import XferSystem

/// The bound of the history's write-ahead log, which SQLite cannot restart while readers overlap.
/// Truncates the log when it is long.
struct LogBound {
  /// The length in bytes above which the log is truncated, at the cost of a short wait for readers.
  /// Without readers SQLite itself keeps it at some 35 MB.
  private static let usual: Int64 = 64 << 20
  /// The length in bytes above which truncation waits for readers as long as a query to this
  /// receiver may take.
  private static let most: Int64 = 256 << 20
  private static let shortWait = Duration.milliseconds(200)
  private static let longWait = Duration.seconds(11)
  /// The time between two attempts. It is doubled after each long wait in vain, because another
  /// program has a long transaction then.
  private static let pause = Duration.seconds(5)
  private static let longestPause = Duration.seconds(600)

  /// The time between two checks of the length.
  private static let checkPause = Duration.milliseconds(50)

  private var checkAt = MonotonicTime.start
  private var tryAt = MonotonicTime.start
  private var pause = LogBound.pause

  /// Truncates the log if it is too long. Called after each turn of the recorder.
  mutating func check(_ context: RecorderContext) {
    let now = MonotonicTime.now
    guard now >= checkAt, now >= tryAt else { return }
    checkAt = now + LogBound.checkPause
    let bytes = context.history.logBytes
    guard bytes > LogBound.usual else { return }
    let isLong = bytes > LogBound.most
    do {
      let wait = isLong ? LogBound.longWait : LogBound.shortWait
      let isTruncated = try context.history.truncateLog(waiting: wait)
      if isLong, !isTruncated { warn(context, bytes: bytes) }
      pause = isTruncated || !isLong ? LogBound.pause : min(pause * 2, LogBound.longestPause)
    } catch {
      context.log.error(
        "could not truncate the history's write-ahead log",
        metadata: ["error": "\(error)"])
    }
    tryAt = .now + pause
  }

  private func warn(_ context: RecorderContext, bytes: Int64) {
    context.log.warning(
      """
      another program reads the history in one long transaction; until that ends, \
      the file history.sqlite-wal grows
      """, metadata: ["bytes": .stringConvertible(bytes)])
  }
}
