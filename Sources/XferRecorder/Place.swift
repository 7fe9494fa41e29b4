import Logging
import XferMetrics
import XferStorage

extension Keeper {
  /// Throws where the data directory is not what this receiver has opened.
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
      board.set(.directoryUnusable, 0)
    } catch {
      noteUnusable(error)
      throw error
    }
  }

  /// Readiness ends: a person has to act. It comes back with the next probe that goes well.
  private func noteUnusable(_ error: any Error) {
    guard error is UnusableDataDirectory, board[.directoryUnusable] == 0 else { return }
    board.set(.directoryUnusable, 1)
    log.critical("\(error)")
  }
}
