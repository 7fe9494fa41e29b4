import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The walks through `incoming/`: one each minute, and one soon after a session was killed. Each
/// turn of the recorder walks one slice, so that no receipt waits for the end of a walk.
final class PartialRounds {
  /// The time from the end of a walk to the next one.
  private static let pause = Duration.seconds(60)
  /// The same if a session was killed meanwhile.
  private static let shortPause = Duration.milliseconds(500)
  /// The number of entries in one turn, which take some tenths of a millisecond.
  private static let slice = 32

  private let context: RecorderContext
  private let keep: Duration
  private var walk: PartialFiles?
  /// True if a session was killed since the walk began. The walk may have passed its files by then.
  private var isHastened = false
  private var endedAt = MonotonicTime.start
  /// The time of the next slice.
  private(set) var dueAt = MonotonicTime.now

  init(_ context: RecorderContext, keep: Duration) {
    self.context = context
    self.keep = keep
  }

  /// Makes the next walk begin soon, because a session was killed. A walk that has begun continues
  /// to its end, so that walks end even if many sessions are killed.
  func hasten() {
    isHastened = true
    if walk == nil { dueAt = min(dueAt, endedAt + PartialRounds.shortPause) }
  }

  /// Walks one slice if it is due.
  func walkIfDue() {
    guard .now >= dueAt else { return }
    do {
      let walk = try walk ?? begin()
      if try walk.walk(PartialRounds.slice) { return }
      finish(walk)
    } catch {
      context.log.error(
        "could not read incoming/ for old partial files",
        metadata: ["error": "\(error)"])
    }
    walk = nil
    endedAt = .now
    dueAt = endedAt + (isHastened ? PartialRounds.shortPause : PartialRounds.pause)
  }

  private func begin() throws -> PartialFiles {
    isHastened = false
    let walk = try PartialFiles(
      context.data, keep: keep,
      recorded: try context.history.unpublished().map(\.transfer.incomingID))
    self.walk = walk
    return walk
  }

  private func finish(_ walk: PartialFiles) {
    context.board.partials.set(
      walk.shares.map { ($0.key, $0.value.files, $0.value.bytes) })
    context.log.debug(
      "partial files are kept", metadata: ["clients": .stringConvertible(walk.shares.count)])
    if let failure = walk.failure {
      context.log.error("could not examine a partial file", metadata: ["error": "\(failure)"])
    }
    if walk.removedFiles > 0 {
      context.log.notice(
        "removed partial files that were not resumed",
        metadata: [
          "files": .stringConvertible(walk.removedFiles),
          "bytes": .stringConvertible(walk.removedBytes),
        ])
    }
    if walk.releasedBytes > 0 {
      context.log.notice(
        "released the reservations of dead sessions",
        metadata: ["bytes": .stringConvertible(walk.releasedBytes)])
    }
  }
}
