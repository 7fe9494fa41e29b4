import struct Crypto.SHA256
import struct Crypto.SHA256Digest
import SystemPackage
import XferSystem

/// A thread that hashes a file behind its writer.
final class FollowingHash {
  /// Small enough to stay in the cache between the read and the hash.
  private static let step = 128 * 1024

  private let level = Watermark()
  private let result = Result()
  private let thread: BackgroundThread

  init(file: FileDescriptor) throws {
    let (level, result) = (level, result)
    thread = try BackgroundThread { result.value = FollowingHash.follow(file, level) }
  }

  /// Content up to `length` is written.
  func grow(to length: Int64) { level.raise(to: length) }

  func finish() throws -> SHA256Digest {
    level.close()
    thread.join()
    guard let value = result.value else { throw UnfinishedDigest() }
    return value
  }

  /// Ends the thread where it is; the file may be closed then.
  func stop() {
    level.abandon()
    thread.join()
  }

  private static func follow(_ file: FileDescriptor, _ level: Watermark) -> SHA256Digest? {
    let buffer = AlignedBuffer(size: step)
    var hash = SHA256()
    var done: Int64 = 0
    while let end = level.wait(above: done) {
      while done < end {
        if level.isAbandoned { return nil }
        let part = UnsafeMutableRawBufferPointer(
          rebasing: buffer.bytes.prefix(Int(min(end - done, Int64(step)))))
        guard let count = try? file.readAll(into: part, at: done), count == part.count else {
          return nil
        }
        hash.update(bufferPointer: UnsafeRawBufferPointer(part))
        done += Int64(count)
      }
    }
    return hash.finalize()
  }

  /// Written by the thread before it ends, read after it was joined.
  private final class Result: @unchecked Sendable {
    var value: SHA256Digest?
  }
}
