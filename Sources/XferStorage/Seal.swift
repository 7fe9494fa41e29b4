import Glibc
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// The last step of a file that is whole: its content is verified, hashed and made durable. What takes long is
/// done by a thread of its own, so that the session goes on meanwhile.
final class Seal {
  /// A sync that failed. The content cannot be believed any more: the kernel tells of a failed write-back once
  /// and calls the pages clean, and the next sync would succeed for what is not on disk (fsync(2)).
  struct FailedSync: Error, CustomStringConvertible {
    let cause: any Error
    var description: String { "\(cause)" }
  }

  typealias Outcome = Result<Digest?, any Error>

  private final class Job: @unchecked Sendable {
    let file: FileDescriptor
    /// Nobody else calls `finish` or `update` meanwhile.
    let digest: ContentDigest
    let syncs: Bool
    let outcome = Mutex<Outcome?>(nil)

    init(_ file: FileDescriptor, _ digest: ContentDigest, syncs: Bool) {
      self.file = file
      self.digest = digest
      self.syncs = syncs
    }

    /// What is damaged or cannot be read is told before the sync, which may take long.
    func run() {
      let result = Outcome {
        let value = try digest.finish()
        if syncs { try sync() }
        return value
      }
      outcome.withLock { $0 = result }
    }

    private func sync() throws {
      do {
        try file.syncData()
      } catch {
        throw FailedSync(cause: error)
      }
    }
  }

  private let job: Job
  private var thread: BackgroundThread?

  /// Begins. Another thread does what takes long; without a `wakeup` all is done when this returns.
  init(
    _ file: FileDescriptor, _ digest: ContentDigest, syncs: Bool, _ wakeup: Wakeup? = nil
  ) throws {
    let job = Job(file, digest, syncs: syncs)
    self.job = job
    if let wakeup, syncs || digest.rereads {
      try digest.begin()
      thread = try BackgroundThread {
        job.run()
        wakeup.wake()
      }
    } else {
      job.run()
    }
  }

  /// Nil while it is not done.
  var outcome: Outcome? { job.outcome.withLock { $0 } }

  /// Ends it, done or not. A sync cannot be interrupted, and is waited for.
  func cancel() {
    guard let thread else { return }
    job.digest.abandon()
    thread.join()
  }
}
