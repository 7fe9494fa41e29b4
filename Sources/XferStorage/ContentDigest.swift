import struct Crypto.SHA256
import struct Crypto.SHA256Digest
import SystemPackage
import XferProtocol
import XferSystem

/// The SHA-256 of a file that grows. Content that comes in one piece is hashed where it lies; a
/// longer file has a thread of its own that reads behind the writer, so that hashing is never in
/// the way of receiving, and so that what is there of a resumed file is hashed beside the new bytes.
final class ContentDigest {
  private enum Way {
    case here(SHA256)
    case behind(FollowingHash)
  }

  private var way: Way

  init(of file: FileDescriptor, existing: Int64, size: Int64) throws {
    let fitsOnePiece = existing == 0 && size <= WireLimits.content
    way = fitsOnePiece ? .here(SHA256()) : .behind(try FollowingHash(file: file))
    if existing > 0 { grow(to: existing, with: UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  func grow(to length: Int64, with bytes: UnsafeRawBufferPointer) {
    switch way {
    case .here(var hash):
      hash.update(bufferPointer: bytes)
      way = .here(hash)
    case .behind(let follower): follower.grow(to: length)
    }
  }

  /// Waits for the last byte to be hashed.
  func finish() throws -> Digest {
    switch way {
    case .here(let hash): try Digest(hash.finalize())
    case .behind(let follower): try Digest(try follower.finish())
    }
  }

  func stop() {
    if case .behind(let follower) = way { follower.stop() }
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
