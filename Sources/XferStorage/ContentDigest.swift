import SystemPackage
import XferProtocol
import XferSystem

import struct Crypto.SHA256
import struct Crypto.SHA256Digest

/// The SHA-256 of a file that grows. Content that comes in one piece is hashed where it lies; a
/// longer file has a thread of its own that reads behind the writer, so that hashing is never in
/// the way of receiving, and so that what is there of a resumed file is hashed beside the new bytes.
final class ContentDigest {
  private enum Way {
    case here(SHA256)
    /// The thread is started by the first byte that is to be hashed.
    case behind(FollowingHash?)
  }

  private let file: FileDescriptor
  private let existing: Int64
  private var way: Way

  init(of file: FileDescriptor, existing: Int64, size: Int64) {
    self.file = file
    self.existing = existing
    way = existing == 0 && size <= WireLimits.content ? .here(SHA256()) : .behind(nil)
  }

  func grow(to length: Int64, with bytes: UnsafeRawBufferPointer) throws {
    switch way {
    case .here(var hash):
      hash.update(bufferPointer: bytes)
      way = .here(hash)
    case .behind: try follower().grow(to: length)
    }
  }

  /// Waits for the last byte to be hashed.
  func finish() throws -> Digest {
    switch way {
    case .here(let hash): try Digest(hash.finalize())
    case .behind: try Digest(try follower().finish())
    }
  }

  func stop() {
    if case .behind(let follower?) = way { follower.stop() }
  }

  private func follower() throws -> FollowingHash {
    if case .behind(let follower?) = way { return follower }
    let follower = try FollowingHash(file: file)
    if existing > 0 { follower.grow(to: existing) }
    way = .behind(follower)
    return follower
  }
}

extension Digest {
  init(_ digest: SHA256Digest) throws {
    guard let value = Digest(bytes: Array(digest)) else { throw UnfinishedDigest() }
    self = value
  }
}

/// The content could not be read back to be hashed.
struct UnfinishedDigest: Error, CustomStringConvertible {
  var description: String { "the content could not be hashed" }
}
