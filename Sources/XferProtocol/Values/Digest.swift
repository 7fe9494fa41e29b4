/// The SHA-256 of a file's content (FIPS 180-4).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// Bytes.
  public static let size = 32

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Returns nil if there are not exactly 32 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.size else { return nil }
    self.bytes = Array(bytes)
  }

  /// Lower-case hexadecimal digits, as `sha256sum` prints them.
  public var description: String { Hex.text(bytes) }
}
