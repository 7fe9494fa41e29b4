import FoundationEssentials

/// The identity of a key: the SHA-256 of its public key in the form of RFC 5280
/// (SubjectPublicKeyInfo, DER).
///
/// The text is `sha256//` and base64, which curl takes as `--pinnedpubkey`
/// (https://curl.se/docs/manpage.html).
package struct Pin: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of a pin.
  package static let size = 32
  private static let mark = "sha256//"

  /// The 32 bytes of the hash.
  package let bytes: [UInt8]

  /// Returns nil unless there are 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Pin.size else { return nil }
    self.bytes = Array(bytes)
  }

  /// Parses `sha256//BASE64`, or 64 hexadecimal digits with or without colons. Returns nil for any
  /// other text.
  package init?(_ text: String) {
    if text.hasPrefix(Pin.mark) {
      guard let data = Data(base64Encoded: String(text.dropFirst(Pin.mark.count))) else {
        return nil
      }
      self.init(bytes: data)
    } else {
      guard let bytes = Hex.bytes(text.replacing(":", with: "")) else { return nil }
      self.init(bytes: bytes)
    }
  }

  /// The pin as `sha256//BASE64`.
  package var description: String { Pin.mark + Data(bytes).base64EncodedString() }

  /// The pin in 64 lower-case hexadecimal digits.
  package var hex: String { Hex.text(bytes) }
}
