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
  /// No group is begun while one waits.
  private var waiting: Entry?
  private var isTold = false

  init(_ keeper: Keeper) { self.keeper = keeper }

  var isEmpty: Bool { waiting == nil }

  /// Turns a group into history, at once or when `settle` can.
  func complete(_ entry: Entry) throws {
    precondition(isEmpty)
    waiting = entry
    try settle()
  }

  /// Turns into history what waits. Throws where trying again cannot help.
  func settle() throws {
    guard let entry = waiting else { return }
    do {
      try keeper.complete(entry.outcomes, failures: entry.failures)
    } catch {
      if !keeper.history.isPassing(error) { throw error }
      return tellOnce(error)
    }
    waiting = nil
    noteSuccess()
    entry.answer()
  }

  /// Says that the history cannot be written, until it can.
  func tellOnce(_ error: any Error) {
    guard !isTold else { return }
    isTold = true
    keeper.board.set(.recorderReady, 0)
    keeper.log.error(
      "cannot write the history, and tries again until it can", metadata: ["error": "\(error)"])
  }

  func noteSuccess() {
    guard isTold else { return }
    isTold = false
    keeper.board.set(.recorderReady, 1)
    keeper.log.notice("can write the history again")
  }
}
