import XferHistory

/// The group with outcomes on disk (published files and failures) that still have to be committed
/// to the history.
///
/// Usually that happens at once. If the disk is full, or if another program holds the database, the
/// commit is retried until it succeeds. No session gets its answer before. Nothing is lost if the
/// recorder dies meanwhile: `Recovery` finds the files, and sessions report their failures again.
struct PendingCommit {
  private let context: RecorderContext
  /// The group that is not committed yet. No other group is started while there is one.
  private var waiting: PublicationGroup?

  init(_ context: RecorderContext) { self.context = context }

  /// True if no group waits for its commit.
  var isEmpty: Bool { waiting == nil }

  /// Commits a published group and answers its sessions, or leaves that to a later `settle` if the
  /// history cannot be written now.
  mutating func finish(_ group: PublicationGroup) throws(HistoryFailure) {
    precondition(isEmpty)
    guard group.hasOutcomes else { return }
    waiting = group
    try settle()
  }

  /// Commits the group that waits, and answers its sessions. Throws if a retry cannot help.
  mutating func settle() throws(HistoryFailure) {
    guard let group = waiting else { return }
    do {
      try group.complete()
    } catch {
      guard error.isPassing else { throw error }
      return context.readiness.reportOnce(error)
    }
    waiting = nil
    context.readiness.noteSuccess()
    group.answer()
  }
}
