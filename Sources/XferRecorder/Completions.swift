import Logging
import XferHistory
import XferProtocol

/// What happened on disk and waits to become history: files that have their names, and failures.
/// Mostly that is at once. Where the disk is full, or another program holds the database, it is
/// tried again until it goes well, and nobody is answered before. A recorder that dies meanwhile
/// loses nothing: `Recovery` finds the files, and sessions tell their failures again.
final class Completions {
  /// The outcomes and failures of one group, and how to answer for them.
  struct Entry {
    let outcomes: [Publication]
    let failures: [FailedTransfer]
    let answer: () -> Void
  }

  private let keeper: Keeper
  private var waiting: [Entry] = []
  private var isTold = false

  init(_ keeper: Keeper) { self.keeper = keeper }

  var isEmpty: Bool { waiting.isEmpty }

  func add(_ entry: Entry) { waiting.append(entry) }

  /// Turns into history what waits, in the order in which it came. Throws where trying again
  /// cannot help.
  func settle() throws {
    while let entry = waiting.first {
      do {
        try keeper.complete(entry.outcomes, failures: entry.failures)
      } catch {
        if !keeper.history.isPassing(error) { throw error }
        return tellOnce(error)
      }
      waiting.removeFirst()
      noteSuccess()
      entry.answer()
    }
  }

  private func tellOnce(_ error: any Error) {
    guard !isTold else { return }
    isTold = true
    keeper.board.set(.recorderReady, 0)
    keeper.log.error(
      "cannot write the history, and tries again until it can", metadata: ["error": "\(error)"])
  }

  private func noteSuccess() {
    guard isTold else { return }
    isTold = false
    keeper.board.set(.recorderReady, 1)
    keeper.log.notice("can write the history again")
  }
}
