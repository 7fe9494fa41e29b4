import struct Crypto.SHA256
import XferProtocol

/// Which receipts have to be proven by the content of the file at this end.
public enum Proof: Sendable {
  /// None, beyond what costs nothing to compare.
  case none
  /// Those for a delivery of before: a file that looks unchanged is read.
  case repeated
  /// All.
  case all
}

/// What is known of a receipt's digest.
public enum Evidence: Equatable, Sendable {
  case notAsked
  /// The file here has the same SHA-256.
  case same
  /// It could not be compared, and why.
  case missing(String)
}

/// The SHA-256 of content that passes by in its order.
final class PassingDigest {
  private var hash = SHA256()
  private var length: UInt64 = 0

  /// What does not follow the bytes before it is left out: then there is no digest of the whole.
  func add(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
    guard offset == length else { return }
    hash.update(bufferPointer: bytes)
    length += UInt64(bytes.count)
  }

  /// Of all `size` bytes; nil where not all of them passed.
  func digest(of size: UInt64) -> Digest? {
    length == size ? Digest(bytes: Array(hash.finalize())) : nil
  }

  static func of(_ bytes: UnsafeRawBufferPointer) -> Digest? {
    let digest = PassingDigest()
    digest.add(bytes, at: 0)
    return digest.digest(of: UInt64(bytes.count))
  }
}
