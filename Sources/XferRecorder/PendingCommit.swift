import Logging
import XferHistory
import XferProtocol

/// Outcomes on disk (published files and failures) that still have to be committed to the history.
///
/// Usually that happens at once. If the disk is full, or if another program holds the database, the
/// commit is retried until it succeeds. No session gets its answer before. Nothing is lost if the
/// recorder dies meanwhile: `Recovery` finds the files, and sessions report their failures again.
final class PendingCommit {
  /// The outcomes and failures of one group, and the answers to its sessions.
  struct Entry {
    let outcomes: [Publication]
    let failures: [FailedTransfer]
    /// Sends the answers. Called once, after the commit.
    let answer: () -> Void
  }

  private let context: RecorderContext
  /// The group that is not committed yet. No other group is started while there is one.
  private var waiting: Entry?
  private var isReported = false

  init(_ context: RecorderContext) { self.context = context }

  /// True if no group waits for its commit.
  var isEmpty: Bool { waiting == nil }

  /// Commits a group at once, or leaves it to a later `settle` if the history cannot be written
  /// now.
  func complete(_ entry: Entry) throws {
    precondition(isEmpty)
    waiting = entry
    try settle()
  }

  /// Commits the group that waits, and answers its sessions. Throws if a retry cannot help.
  func settle() throws {
    guard let entry = waiting else { return }
    do {
      try context.complete(entry.outcomes, failures: entry.failures)
    } catch {
      if !context.history.isPassing(error) { throw error }
      return reportOnce(error)
    }
    waiting = nil
    noteSuccess()
    entry.answer()
  }

  /// Reports once that the history cannot be written, until `noteSuccess` is called.
  func reportOnce(_ error: any Error) {
    guard !isReported else { return }
    isReported = true
    context.board.set(.recorderReady, 0)
    context.log.error(
      "cannot write the history; retrying until it can be written", metadata: ["error": "\(error)"])
  }

  /// Reports that the history can be written again, if `reportOnce` has reported an error.
  func noteSuccess() {
    guard isReported else { return }
    isReported = false
    context.board.set(.recorderReady, 1)
    context.log.notice("can write the history again")
  }
}
