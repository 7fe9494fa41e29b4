import Crypto
import XferProtocol

/// The secret that a reader of the pages shows: `xfert_` and 256 random bits as hexadecimal digits.
///
/// The prefix lets programs that search for published secrets recognise it.
package struct Token: Sendable {
  private static let prefix = "xfert_"
  private static let size = 32

  /// The text to show once, and to send as `Authorization: Bearer TEXT`.
  package let text: String

  /// Returns a new token, from the random numbers of the kernel (getrandom(2)).
  package static func random() -> Token {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Token(text: prefix + Hex.text(bytes))
  }

  /// The hash under which the receiver keeps a token.
  ///
  /// SHA-256 without salt and without repetition is enough, because a token is 256 random bits and
  /// not a word that a person chose: nothing can be guessed or looked up in a table.
  package static func hash(_ text: some StringProtocol) -> TokenHash {
    TokenHash(digest: SHA256.hash(data: Array(text.utf8)))
  }
}

/// The SHA-256 of a token.
package struct TokenHash: Sendable, CustomStringConvertible {
  private let bytes: [UInt8]

  fileprivate init(digest: SHA256.Digest) { bytes = Array(digest) }

  /// Parses 64 hexadecimal digits. Returns nil if the text is not that.
  init?(_ text: some StringProtocol) {
    guard let bytes = Hex.bytes(text), bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Lower-case hexadecimal digits.
  package var description: String { Hex.text(bytes) }

  /// True if both are equal. Takes the same time wherever they differ, so that the time of an
  /// answer tells nothing about a hash.
  func isEqual(to other: TokenHash) -> Bool {
    zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
