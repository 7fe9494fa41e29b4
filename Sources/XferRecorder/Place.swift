import Logging
import XferMetrics
import XferStorage

extension Keeper {
  /// Throws where the data directory is not what this receiver has opened. It stays so until a restart: what
  /// came meanwhile would be looked for in vain.
  func checkPlace() throws {
    do {
      try data.checkPlace()
    } catch {
      noteUnusable(error)
      throw error
    }
  }

  /// Throws where files cannot be published now.
  func probe() throws {
    do {
      try data.probe()
    } catch {
      noteUnusable(error)
      throw error
    }
  }

  /// Readiness ends: a person has to act.
  private func noteUnusable(_ error: any Error) {
    guard error is UnusableDataDirectory, board[.recorderReady] == 1 else { return }
    board.set(.recorderReady, 0)
    log.critical("\(error)")
  }
}
