import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// The seal of one file: its content is verified, hashed and, if wanted, synced.
final class Seal: @unchecked Sendable {
  typealias Outcome = Result<Digest?, any Error>

  private enum State {
    case waiting, cancelled, running
    case done(Outcome)
  }

  private let file: FileDescriptor
  /// Only the thread that runs the seal calls `finish`, and no thread calls `update` any more.
  private let digest: ContentDigest
  private let syncs: Bool
  private let state = Mutex(State.waiting)
  /// Raised when the seal is done.
  private let end = Watermark()

  init(_ file: FileDescriptor, _ digest: ContentDigest, syncs: Bool) throws {
    self.file = file
    self.digest = digest
    self.syncs = syncs
    try digest.begin()
  }

  func run() {
    let isWanted = state.withLock { state in
      guard case .waiting = state else { return false }
      state = .running
      return true
    }
    guard isWanted else { return }
    // Damage and read errors are reported before the sync, which may take long.
    let outcome = Outcome {
      let value = try digest.finish()
      if syncs { try sync() }
      return value
    }
    state.withLock { $0 = .done(outcome) }
    end.raise(to: 1)
  }

  private func sync() throws {
    do {
      try file.syncData()
    } catch {
      throw FailedSync(cause: error)
    }
  }

  /// The result; nil while the seal is not done.
  var outcome: Outcome? {
    state.withLock { if case .done(let outcome) = $0 { outcome } else { nil } }
  }

  /// Ends the seal, done or not. No thread uses the file when this returns. Waits for a sync, which
  /// cannot be interrupted.
  func cancel() {
    digest.abandon()
    let isRunning = state.withLock { state in
      if case .waiting = state { state = .cancelled }
      if case .running = state { return true }
      return false
    }
    if isRunning { _ = end.wait(above: 0) }
    if case .cancelled = state.withLock({ $0 }) { digest.stop() }
  }
}

/// An error of a sync, after which the content is invalid. The kernel reports a write-back error
/// once and marks the pages clean, so that the next sync succeeds although content is not on disk
/// (fsync(2)).
package struct FailedSync: Error, CustomStringConvertible {
  /// The error of the system call.
  package let cause: any Error
  /// The message of the cause.
  package var description: String { "\(cause)" }
}

/// A thread of a session that carries out seals that take long, one after the other. The session
/// goes on in the meantime.
package final class Sealer {
  /// A descriptor that becomes readable when a seal is done.
  package let wakeup: Wakeup
  private let ring: FollowedRing<Seal>
  private let thread: BackgroundThread

  /// Starts the thread. At most `capacity` seals may wait for it.
  package init(capacity: Int) throws {
    let (wakeup, ring) = (try Wakeup(), FollowedRing<Seal>(capacity: capacity, followers: 1))
    (self.wakeup, self.ring) = (wakeup, ring)
    thread = try BackgroundThread {
      while let seal = ring.next(for: 0) {
        seal.run()
        ring.finish(0)
        wakeup.wake()
      }
    }
  }

  /// Waits for the thread, which first carries out the waiting seals. A session ends with one
  /// thread.
  deinit {
    ring.close()
    thread.join()
  }

  func carryOut(_ seal: Seal) {
    _ = ring.freeSlot()
    ring.pass(seal)
  }
}

/// The result of a seal.
package struct Sealed: Sendable {
  /// The digest of the content; nil if none is computed.
  package let digest: Digest?
}
