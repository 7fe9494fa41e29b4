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
  /// The same where a session was killed meanwhile.
  private static let shortPause: Int64 = 500_000_000
  /// Entries in one turn: some tenths of a millisecond.
  private static let slice = 32

  private let keeper: Keeper
  private let keepSeconds: Int
  private var walk: PartialFiles?
  /// A session was killed since the walk began, which may have passed its files.
  private var isHastened = false
  private var endedAt: Int64 = 0
  /// When the next slice is due, by the monotonic clock.
  private(set) var dueAt = monotonicNanoseconds()

  init(_ keeper: Keeper, keepSeconds: Int) {
    self.keeper = keeper
    self.keepSeconds = keepSeconds
  }

  /// A session was killed: the next walk begins soon, and one that is under way goes on to its end. So walks
  /// come to their end, however many sessions are killed.
  func hasten() {
    isHastened = true
    if walk == nil { dueAt = min(dueAt, endedAt + PartialRounds.shortPause) }
  }

  /// Walks a slice, if one is due.
  func goOn() {
    let now = monotonicNanoseconds()
    guard now >= dueAt else { return }
    do {
      let walk = try walk ?? begin()
      if try walk.walk(PartialRounds.slice) { return }
      finish(walk)
    } catch {
      keeper.log.error("could not look for old partial files", metadata: ["error": "\(error)"])
    }
    walk = nil
    endedAt = monotonicNanoseconds()
    dueAt = endedAt + (isHastened ? PartialRounds.shortPause : PartialRounds.pause)
  }

  private func begin() throws -> PartialFiles {
    isHastened = false
    let walk = try PartialFiles(
      keeper.data, keepSeconds: keepSeconds,
      recorded: try keeper.history.unpublished().map(\.transfer.incomingID))
    self.walk = walk
    return walk
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
