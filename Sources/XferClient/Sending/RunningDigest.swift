import struct Crypto.SHA256
import XferProtocol

/// Computes the SHA-256 of content block by block.
final class RunningDigest {
  private var hash = SHA256()
  private var length: UInt64 = 0

  /// Adds a block. A block that does not follow the previous one is ignored: then there is no
  /// digest of the file.
  func add(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
    guard offset == length else { return }
    hash.update(bufferPointer: bytes)
    length += UInt64(bytes.count)
  }

  /// Returns nil if not all `size` bytes were added.
  func digest(of size: UInt64) -> Digest? {
    length == size ? Digest(bytes: Array(hash.finalize())) : nil
  }
}
