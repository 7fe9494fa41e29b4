import Synchronization
import XferProtocol
import XferSystem

/// The set of a run: its files with their receipts, and its completion. All conversations of the
/// run use it.
package final class SetDelivery: Sendable {
  private struct State: Sendable {
    var members: [SetMember] = []
    var isAnnounced = false
    /// True after the receipt of the set, or after its refusal.
    var isOver = false
    /// True after all files were offered a second time.
    var isRepeated = false
    /// The time before which the set is not claimed.
    var notBefore = MonotonicTime.start
  }

  /// The set.
  package let reference: SetReference
  /// True if a receiver that knows no sets is an error.
  let isRequired: Bool
  /// False if the run removes its files, which cannot be offered again then.
  private let isRepeatable: Bool
  private let list: SendList
  private let state = Mutex(State())

  /// Creates the set of a run that sends this list.
  package init(
    _ reference: SetReference, of list: SendList, isRequired: Bool, isRepeatable: Bool = true
  ) {
    self.isRepeatable = isRepeatable
    self.reference = reference
    self.isRequired = isRequired
    self.list = list
  }

  /// True after the receipt of the set, or after its refusal.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// True if each file of the list has its receipt and the set has none. A set of which a path could
  /// not be read is never complete, and a list without files makes no set.
  var isReady: Bool {
    state.withLock { state in
      !state.isOver && list.problems.isEmpty && !state.members.isEmpty
        && state.members.count == list.files.count + list.directories.count
    }
  }

  /// Notes a delivered file.
  func add(_ member: SetMember) { state.withLock { $0.members.append(member) } }

  /// Returns the list of files for the receiver, once for each run. Returns none before that.
  func takeAnnouncement() -> [Announcement] {
    let isFirst = state.withLock { state in
      defer { state.isAnnounced = true }
      return !state.isAnnounced
    }
    guard isFirst else { return [] }
    return Announcement.parts(
      of: (list.files + list.directories).map { Announcement.File(name: $0.name, size: $0.size) })
  }

  /// The sums to claim.
  var totals: SetTotals {
    var sums = SetSums()
    for member in state.withLock({ $0.members }).sorted(by: SetDelivery.isBefore) {
      sums.add(member)
    }
    return sums.totals
  }

  private static func isBefore(_ one: SetMember, _ other: SetMember) -> Bool {
    one.name.text.utf8.lexicographicallyPrecedes(other.name.text.utf8)
  }

  /// Notes the receipt of the set, or its final refusal.
  func end() { state.withLock { $0.isOver = true } }

  /// Returns all files, to be offered again, because the receiver has other ones of the set. Returns
  /// nil the second time, and if the run removes its files.
  func restart() -> [FileToSend]? {
    state.withLock { state in
      guard isRepeatable, !state.isRepeated else { return nil }
      (state.isRepeated, state.members) = (true, [])
      return list.files + list.directories
    }
  }

  /// Lets the next claim wait.
  func wait(_ pause: Duration) { state.withLock { $0.notBefore = .now + pause } }

  /// True if the set may be claimed now.
  var mayClaim: Bool { state.withLock { $0.notBefore <= .now } }
}
