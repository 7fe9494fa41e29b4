/// The SHA-256 of a file's content (FIPS 180-4).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  public static let size = 32

  public let bytes: [UInt8]

  /// From exactly 32 bytes; nil from any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.size else { return nil }
    self.bytes = Array(bytes)
  }

  /// As `sha256sum` prints it.
  public var description: String { Hex.text(bytes) }
}

/// What a receiver computes of the content beside its CRC-32C.
public enum DigestMethod: Sendable {
  case sha256
  case none
}
