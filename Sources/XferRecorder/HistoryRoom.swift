import Logging
import XferSystem

/// The check that the history's disk has enough free space for the rows of failures.
///
/// The limit is well above the space that content leaves free, because any peer can cause failures,
/// and their rows must not be the reason that content is refused.
final class HistoryRoom {
  /// The margin above the reserve is the size of the file system divided by this.
  private static let part: Int64 = 20
  /// The greatest margin, in bytes.
  private static let most: Int64 = 1 << 30

  private let path: String
  private let reserve: Int64
  private var isReported = false

  init(_ options: RecorderOptions) {
    path = options.data.path
    reserve = options.reserve
  }

  /// True if there is enough space, or if the free space cannot be read: the write fails then.
  /// Logs once that there is too little.
  func isEnough(_ log: Logger) -> Bool {
    let isEnough = (try? hasRoom()) ?? true
    if !isEnough, !isReported {
      log.warning(
        "the disk is close to its --reserve; failures are counted and logged, but not recorded")
    }
    isReported = !isEnough
    return isEnough
  }

  private func hasRoom() throws(SystemFailure) -> Bool {
    let space = try freeSpace(at: path)
    return space.free - min(space.all / HistoryRoom.part, HistoryRoom.most) >= reserve
  }
}
