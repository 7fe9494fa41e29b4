import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// The last step of a file that is whole: its content is verified, hashed and made durable.
final class Seal: @unchecked Sendable {
  typealias Outcome = Result<Digest?, any Error>

  private enum State {
    case waiting, cancelled, running
    case done(Outcome)
  }

  private let file: FileDescriptor
  /// Only the thread that runs the seal calls `finish` meanwhile, and nothing calls `update`.
  private let digest: ContentDigest
  private let syncs: Bool
  private let state = Mutex(State.waiting)
  /// Raised when it is done.
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
    // What is damaged or cannot be read is told before the sync, which may take long.
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

  /// Nil while it is not done.
  var outcome: Outcome? {
    state.withLock { if case .done(let outcome) = $0 { outcome } else { nil } }
  }

  /// Ends it, done or not: nothing uses the file when this returns. A sync cannot be interrupted, and is
  /// waited for.
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

/// A sync that failed. The content cannot be believed any more: the kernel tells of a failed write-back once and
/// calls the pages clean, and the next sync would succeed for what is not on disk (fsync(2)).
public struct FailedSync: Error, CustomStringConvertible {
  public let cause: any Error
  public var description: String { "\(cause)" }
}

/// A thread of a session that carries out what takes long of its seals, one after the other, so that the session
/// goes on meanwhile.
public final class Sealer {
  /// Readable when a seal is done.
  public let wakeup: Wakeup
  private let ring: FollowedRing<Seal>
  private let thread: BackgroundThread

  /// `capacity` seals may wait.
  public init(capacity: Int) throws {
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

  /// Waits for the thread, which does what is waiting still: a session ends with one thread.
  deinit {
    ring.close()
    thread.join()
  }

  func carryOut(_ seal: Seal) {
    _ = ring.freeSlot()
    ring.pass(seal)
  }
}
