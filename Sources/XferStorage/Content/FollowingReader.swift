import struct Crypto.SHA256
import struct Crypto.SHA256Digest
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// A thread that reads a file behind its writer. It hashes the file, and compares the content of
/// earlier sessions with the sums that were kept when it was received.
final class FollowingReader {
  enum Outcome: Sendable {
    /// The file is read to its end; the digest is nil if none is wanted.
    case read(SHA256Digest?)
    case failed(any Error)
    case stopped
  }

  private let job: Job
  private let thread: BackgroundThread

  /// Starts the thread. `sums` are those of earlier sessions; content behind them is not compared.
  init(file: FileDescriptor, comparing sums: ContentSums? = nil, hashes: Bool = true) throws {
    let job = Job(file, comparing: sums, hashes: hashes)
    self.job = job
    thread = try BackgroundThread { job.run() }
  }

  /// Reports that the file is written up to `length`.
  func grow(to length: Int64) { job.level.raise(to: length) }

  /// The number of bytes that are read.
  var position: Int64 { job.position.load(ordering: .relaxed) }

  /// The error that ended the thread early; nil if there is none.
  var failure: (any Error)? {
    if case .failed(let error)? = job.outcome.withLock({ $0 }) { error } else { nil }
  }

  /// Waits until the whole written content is read. Returns nil if no digest is wanted.
  func finish() throws -> SHA256Digest? {
    job.level.close()
    thread.join()
    switch job.outcome.withLock({ $0 }) {
    case .read(let digest): return digest
    case .failed(let error): throw error
    case .stopped, nil: throw UnfinishedDigest()
    }
  }

  /// Ends the thread without waiting for it.
  func abandon() { job.level.abandon() }

  /// Ends the thread and waits for it. The file may be closed then.
  func stop() {
    job.level.abandon()
    thread.join()
  }

  /// The work of the thread and its state.
  private final class Job: Sendable {
    /// The bytes of one read. They stay in the processor's cache between the read and the hash, and
    /// their number divides every step of sums.
    private static let readSize: Int64 = 128 * 1024

    let level = Watermark()
    let position = Atomic<Int64>(0)
    let outcome = Mutex<Outcome?>(nil)
    private let file: FileDescriptor
    private let sums: ContentSums?
    private let hashes: Bool

    init(_ file: FileDescriptor, comparing sums: ContentSums?, hashes: Bool) {
      self.file = file
      self.sums = sums
      self.hashes = hashes
    }

    func run() {
      do {
        let result = try follow()
        outcome.withLock { $0 = result }
      } catch {
        outcome.withLock { $0 = .failed(error) }
      }
    }

    private func follow() throws -> Outcome {
      let buffer = AlignedBuffer(size: Int(Job.readSize))
      var hash = SHA256()
      var check = sums.map(SumCheck.init)
      var done: Int64 = 0
      if sums != nil { Failpoint.pass("session.verifying") { level.isAbandoned } }
      while let end = level.wait(above: done) {
        while done < end {
          if level.isAbandoned { return .stopped }
          let limit = check?.end(ofReadFrom: done, to: end) ?? end
          let bytes = try read(into: buffer, from: done, to: limit, comparing: check)
          if hashes { hash.update(bufferPointer: bytes) }
          try check?.add(bytes, at: done)
          done += Int64(bytes.count)
          position.store(done, ordering: .relaxed)
        }
      }
      return level.isAbandoned ? .stopped : .read(hashes ? hash.finalize() : nil)
    }

    /// Reads the next bytes. A read error within the content of earlier sessions is treated as
    /// damage.
    private func read(
      into buffer: AlignedBuffer, from start: Int64, to end: Int64, comparing check: SumCheck?
    ) throws -> UnsafeRawBufferPointer {
      do {
        return try read(into: buffer, from: start, to: end)
      } catch {
        guard let check, check.covers(start) else { throw error }
        throw DamagedContent(goodUpTo: check.start)
      }
    }

    private func read(
      into buffer: AlignedBuffer, from start: Int64, to end: Int64
    ) throws -> UnsafeRawBufferPointer {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer.bytes.prefix(Int(min(end - start, Job.readSize))))
      guard try file.readAll(into: part, at: start) == part.count else { throw UnfinishedDigest() }
      return UnsafeRawBufferPointer(part)
    }
  }
}
