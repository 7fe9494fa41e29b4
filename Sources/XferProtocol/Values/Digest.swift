import struct Crypto.SHA256

/// The SHA-256 of a file's content (FIPS 180-4).
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// Bytes.
  package static let size = 32

  /// The 32 bytes.
  package let bytes: [UInt8]

  /// The result of a hash.
  package init(_ digest: SHA256.Digest) { bytes = Array(digest) }

  /// Returns nil if there are not exactly 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.size else { return nil }
    self.bytes = Array(bytes)
  }

  /// Lower-case hexadecimal digits, as `sha256sum` prints them.
  package var description: String { Hex.text(bytes) }
}
