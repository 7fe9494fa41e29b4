import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Walks through `incoming/` once a minute, and soon after a session was killed: a slice in each turn of the
/// recorder, so that no receipt waits for the end of a walk.
final class PartialRounds {
  /// Nanoseconds from the end of a walk to the next one.
  private static let pause: Int64 = 60_000_000_000
  /// Entries in one turn: some tenths of a millisecond.
  private static let slice = 32

  private let keeper: Keeper
  private let keepSeconds: Int
  private var walk: PartialFiles?
  /// When the next slice is due, by the monotonic clock.
  private(set) var dueAt = monotonicNanoseconds()

  init(_ keeper: Keeper, keepSeconds: Int) {
    self.keeper = keeper
    self.keepSeconds = keepSeconds
  }

  /// A session was killed: the next walk begins at once. One that is under way may have passed its files.
  func hasten() {
    walk = nil
    dueAt = monotonicNanoseconds()
  }

  /// Walks a slice, if one is due.
  func goOn() {
    let now = monotonicNanoseconds()
    guard now >= dueAt else { return }
    do {
      let walk = try walk ?? begin()
      self.walk = walk
      if try walk.walk(PartialRounds.slice) { return }
      finish(walk)
    } catch {
      keeper.log.error("could not look for old partial files", metadata: ["error": "\(error)"])
    }
    walk = nil
    dueAt = now + PartialRounds.pause
  }

  private func begin() throws -> PartialFiles {
    try PartialFiles(
      keeper.data, keepSeconds: keepSeconds,
      recorded: try keeper.history.unpublished().map(\.transfer.incomingID))
  }

  private func finish(_ walk: PartialFiles) {
    keeper.board.partials.set(
      walk.shares.map { ($0.key, $0.value.files, $0.value.bytes) })
    keeper.log.debug(
      "partial files are kept", metadata: ["clients": .stringConvertible(walk.shares.count)])
    if let failure = walk.failure {
      keeper.log.error("could not look at a partial file", metadata: ["error": "\(failure)"])
    }
    if walk.removedFiles > 0 {
      keeper.log.notice(
        "removed what nobody resumed",
        metadata: [
          "files": .stringConvertible(walk.removedFiles),
          "bytes": .stringConvertible(walk.removedBytes),
        ])
    }
    if walk.releasedBytes > 0 {
      keeper.log.notice(
        "gave back what dead sessions had reserved",
        metadata: ["bytes": .stringConvertible(walk.releasedBytes)])
    }
  }
}
