import Logging
import XferHistory
import XferMetrics

/// The readiness of the recorder, which ends while the history cannot be written.
final class HistoryReadiness {
  private let board: Scoreboard
  private let log: Logger
  private var isReported = false

  init(board: Scoreboard, log: Logger) {
    self.board = board
    self.log = log
  }

  /// Reports once that the history cannot be written, until `noteSuccess` is called.
  func reportOnce(_ failure: HistoryFailure) {
    guard !isReported else { return }
    isReported = true
    board.set(.recorderReady, 0)
    log.error(
      "cannot write the history; retrying until it can be written",
      metadata: ["error": "\(failure)"])
  }

  /// Reports that the history can be written again, if `reportOnce` has reported an error.
  func noteSuccess() {
    guard isReported else { return }
    isReported = false
    board.set(.recorderReady, 1)
    log.notice("can write the history again")
  }
}
