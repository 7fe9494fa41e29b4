import XferHistory
import XferProtocol

/// The files of this turn that were delivered before and belong to a later set, too. They are added
/// to the history together. If this process is killed before that, the sender cannot complete its
/// set, and offers the files again.
final class SetMemberships {
  private var waiting: [SetMembership] = []

  /// True if all memberships are in the history.
  var isEmpty: Bool { waiting.isEmpty }

  /// Notes that the delivered file belongs to this set. A file that is not there any more belongs to
  /// none, because its sender delivers it again.
  func add(_ receipt: Receipt, to set: SetReference?, of client: Client) {
    guard let set, receipt.standing != .removed else { return }
    waiting.append(SetMembership(set: set, client: client, id: receipt.id))
  }

  /// Adds the memberships to the history. They wait for the next call if the history is held. They
  /// are dropped if the disk is full: the set stays incomplete then, until its files are offered
  /// again.
  func write(to history: any HistoryWriter) throws(HistoryFailure) {
    guard !waiting.isEmpty else { return }
    do {
      try history.addMembers(waiting)
    } catch {
      guard case .full = error else { throw error }
    }
    waiting = []
  }
}
