import Logging
import XferSystem

/// Tells if the disk of the history has so much room that failures are written down. That is well above
/// what content leaves free: rows that any peer can make must not be the reason why content is refused.
final class HistoryRoom {
  /// Of the file system, but not more than this, in bytes.
  private static let part: Int64 = 20
  private static let most: Int64 = 1 << 30

  private let path: String
  private let reserve: Int64
  private var isTold = false

  init(_ options: Recorder.Options) {
    path = options.data.path
    reserve = options.reserve
  }

  /// Says once that there is too little. Where it cannot be told, the write will.
  func isEnough(_ log: Logger) -> Bool {
    let isEnough = (try? hasRoom()) ?? true
    if !isEnough, !isTold {
      log.warning(
        "the disk comes near to its --reserve; failures are counted and logged, and not recorded")
    }
    isTold = !isEnough
    return isEnough
  }

  private func hasRoom() throws(SystemFailure) -> Bool {
    let space = try freeSpace(at: path)
    return space.free - min(space.all / HistoryRoom.part, HistoryRoom.most) >= reserve
  }
}
