import Logging
import XferSystem

/// Whether the disk of the history has as much room as is to be left free.
final class HistoryRoom {
  private let path: String
  private let reserve: Int64
  private var isTold = false

  init(_ options: Recorder.Options) {
    path = options.data.path
    reserve = options.reserve
  }

  /// Says once that there is too little. Where it cannot be told, the write will.
  func isEnough(_ log: Logger) -> Bool {
    let isEnough = ((try? freeBytes(at: path)) ?? .max) >= reserve
    if !isEnough, !isTold {
      log.warning(
        "the disk has less room than --reserve; failures are counted and logged, and not recorded")
    }
    isTold = !isEnough
    return isEnough
  }
}
