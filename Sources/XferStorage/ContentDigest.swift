import SystemPackage
import XferProtocol
import XferSystem

import struct Crypto.SHA256
import struct Crypto.SHA256Digest

/// The SHA-256 of a file that grows. Content is hashed where it lies, by whoever has it: the session,
/// or a thread of the `ContentPipeline`. A file that is resumed has a thread of its own that reads behind the
/// writer, so that what is there of it is hashed beside the new bytes, which do not wait for that.
final class ContentDigest {
  private enum Way {
    case here(SHA256)
    /// The thread is started by the first byte that is to be hashed.
    case behind(FollowingHash?)
  }

  private let file: FileDescriptor
  private let existing: Int64
  private var way: Way

  init(of file: FileDescriptor, existing: Int64) {
    self.file = file
    self.existing = existing
    way = existing == 0 ? .here(SHA256()) : .behind(nil)
  }

  /// Takes content that comes next.
  func update(with bytes: UnsafeRawBufferPointer) {
    guard case .here(var hash) = way else { return }
    hash.update(bufferPointer: bytes)
    way = .here(hash)
  }

  /// Content up to `length` is written.
  func grow(to length: Int64) throws {
    if case .behind = way { try rereader().grow(to: length) }
  }

  /// Waits for the last byte to be hashed.
  func finish() throws -> Digest {
    switch way {
    case .here(let hash): try Digest(hash.finalize())
    case .behind: try Digest(try rereader().finish())
    }
  }

  func stop() {
    if case .behind(let rereader?) = way { rereader.stop() }
  }

  private func rereader() throws -> FollowingHash {
    if case .behind(let rereader?) = way { return rereader }
    let rereader = try FollowingHash(file: file)
    if existing > 0 { rereader.grow(to: existing) }
    way = .behind(rereader)
    return rereader
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
