import Logging
import XferMetrics
import XferStorage

// Checks that the data directory can be used and is still the one that was opened.
extension RecorderContext {
  /// Throws if the data directory is no longer the one that this receiver opened.
  func checkPlace() throws {
    do {
      try data.checkPlace()
    } catch {
      noteUnusable(error)
      throw error
    }
  }

  /// Publishes a small test file. Throws if files cannot be published now.
  func probe() throws {
    do {
      try data.probe()
      board.set(.directoryUnusable, 0)
    } catch {
      noteUnusable(error)
      throw error
    }
  }

  /// Ends readiness until the next probe that succeeds, because an operator has to act. Logs that
  /// once.
  private func noteUnusable(_ error: any Error) {
    guard error is UnusableDataDirectory, board[.directoryUnusable] == 0 else { return }
    board.set(.directoryUnusable, 1)
    log.critical("\(error)")
  }
}
