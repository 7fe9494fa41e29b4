import struct Crypto.SHA256
import struct Crypto.SHA256Digest
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// A thread that reads a file behind its writer. It hashes the file, and compares what was there before with
/// the sums that were kept when it arrived.
final class FollowingReader {
  enum Outcome: Sendable {
    /// Read to its end; nil where no digest is wanted.
    case read(SHA256Digest?)
    case failed(any Error)
    case stopped
  }

  private let job: Job
  private let thread: BackgroundThread

  /// `sums` are those of what is there already; content behind them is not compared.
  init(file: FileDescriptor, comparing sums: ContentSums? = nil, hashes: Bool = true) throws {
    let job = Job(file, sums, hashes)
    self.job = job
    thread = try BackgroundThread { job.run() }
  }

  /// Content up to `length` is written.
  func grow(to length: Int64) { job.level.raise(to: length) }

  /// Bytes that are read.
  var position: Int64 { job.position.load(ordering: .relaxed) }

  /// The error that ended it early; nil while there is none.
  var failure: (any Error)? {
    if case .failed(let error)? = job.outcome.withLock({ $0 }) { error } else { nil }
  }

  /// Waits until all that is written is read.
  func finish() throws -> SHA256Digest? {
    job.level.close()
    thread.join()
    switch job.outcome.withLock({ $0 }) {
    case .read(let digest): return digest
    case .failed(let error): throw error
    case .stopped, nil: throw UnfinishedDigest()
    }
  }

  /// Makes the thread end, and does not wait for it.
  func abandon() { job.level.abandon() }

  /// Ends the thread where it is; the file may be closed then.
  func stop() {
    job.level.abandon()
    thread.join()
  }

  /// What the thread does, and how far it is.
  private final class Job: Sendable {
    /// Small enough to stay in the cache between the read and the hash; divides every step of sums.
    private static let piece: Int64 = 128 * 1024

    let level = Watermark()
    let position = Atomic<Int64>(0)
    let outcome = Mutex<Outcome?>(nil)
    private let file: FileDescriptor
    private let sums: ContentSums?
    private let hashes: Bool

    init(_ file: FileDescriptor, _ sums: ContentSums?, _ hashes: Bool) {
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
      let buffer = AlignedBuffer(size: Int(Job.piece))
      var hash = SHA256()
      var check = sums.map(SumCheck.init)
      var done: Int64 = 0
      if sums != nil { Failpoint.pass("session.verifying") { level.isAbandoned } }
      while let end = level.wait(above: done) {
        while done < end {
          if level.isAbandoned { return .stopped }
          let part = try read(buffer, from: done, to: check?.limit(done, end) ?? end, check)
          if hashes { hash.update(bufferPointer: part) }
          try check?.take(part, at: done)
          done += Int64(part.count)
          position.store(done, ordering: .relaxed)
        }
      }
      return level.isAbandoned ? .stopped : .read(hashes ? hash.finalize() : nil)
    }

    /// What an earlier session brought and cannot be read any more is as good as damaged.
    private func read(
      _ buffer: AlignedBuffer, from start: Int64, to end: Int64, _ check: SumCheck?
    ) throws -> UnsafeRawBufferPointer {
      do {
        return try read(buffer, from: start, to: end)
      } catch {
        guard let check, check.covers(start) else { throw error }
        throw DamagedContent(goodUpTo: check.start)
      }
    }

    private func read(
      _ buffer: AlignedBuffer, from start: Int64, to end: Int64
    ) throws -> UnsafeRawBufferPointer {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer.bytes.prefix(Int(min(end - start, Job.piece))))
      guard try file.readAll(into: part, at: start) == part.count else { throw UnfinishedDigest() }
      return UnsafeRawBufferPointer(part)
    }
  }
}

/// Compares content that is read in order with its sums.
private struct SumCheck {
  private let sums: ContentSums
  private var crc: UInt32 = 0
  /// Where the present step begins.
  private(set) var start: Int64 = 0

  init(_ sums: ContentSums) { self.sums = sums }

  func covers(_ offset: Int64) -> Bool { offset < sums.length }

  /// How far to read from `start` on, so that no piece goes beyond the sums.
  func limit(_ start: Int64, _ end: Int64) -> Int64 {
    start < sums.length ? min(end, sums.length) : end
  }

  /// Throws where a step ends and is not as its sum says.
  mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DamagedContent) {
    guard let (sum, end) = sums.sum(at: start) else { return }
    crc = crc32c(bytes, continuing: crc)
    guard offset + Int64(bytes.count) == end else { return }
    guard crc == sum else { throw DamagedContent(goodUpTo: start) }
    (crc, start) = (0, end)
  }
}

/// Content on the disk is not as it arrived.
public struct DamagedContent: Error, CustomStringConvertible, Sendable {
  /// Bytes from the beginning that are as they arrived.
  public let goodUpTo: Int64

  public var description: String {
    "what was received before is not on the disk as it arrived, behind byte \(goodUpTo)"
  }
}

/// The content could not be read back to be hashed.
struct UnfinishedDigest: Error, CustomStringConvertible {
  var description: String { "the content could not be read again to be verified" }
}
