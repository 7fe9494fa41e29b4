import Crypto
import XferProtocol

/// The number of an invite, which is no secret: 8 bytes.
package struct InviteID: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of an id.
  package static let size = 8

  /// The 8 bytes.
  package let bytes: [UInt8]

  /// Makes a random id.
  package init() { bytes = Random.bytes(InviteID.size) }

  /// Returns nil unless there are 8 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == InviteID.size else { return nil }
    self.bytes = Array(bytes)
  }

  /// Parses 16 hexadecimal digits.
  package init?(_ text: some StringProtocol) {
    guard let bytes = Hex.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }

  package var description: String { Hex.text(bytes) }
}

/// The secret of an invite: 16 random bytes. The receiver keeps only the key that is derived of it.
package struct InviteSecret: Equatable, Sendable {
  /// The bytes of a secret.
  package static let size = 16
  private static let label = Array("xfer invite key".utf8)

  private let bytes: [UInt8]

  /// Makes a random secret.
  package init() { bytes = Random.bytes(InviteSecret.size) }

  /// Parses 32 hexadecimal digits.
  package init?(_ text: some StringProtocol) {
    guard let bytes = Hex.bytes(text), bytes.count == InviteSecret.size else { return nil }
    self.bytes = bytes
  }

  /// The secret in hexadecimal digits, for the invite alone.
  package var text: String { Hex.text(bytes) }

  /// The key with which the secret is proved.
  package var key: InviteKey {
    InviteKey(bytes: Array(SHA256.hash(data: InviteSecret.label + bytes)))
  }
}

/// Random bytes of the kernel (getrandom(2)).
package enum Random {
  /// Returns `count` random bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
  }
}
