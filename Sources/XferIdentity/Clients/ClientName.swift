import XferSystem

/// The name of an enrolled client: 1 to 64 letters, digits, dots, hyphens and underscores of ASCII.
/// The first is a letter or a digit. A name is no IP address, so that names and addresses of
/// clients never meet in the history.
package struct ClientName: Hashable, Sendable, CustomStringConvertible {
  /// The largest length in bytes.
  package static let maximum = 64

  /// The text of the name.
  package let text: String
  package var description: String { text }

  /// Returns nil if the text is not a name.
  package init?(_ text: String) {
    guard (1...ClientName.maximum).contains(text.utf8.count),
      let first = text.utf8.first, ClientName.isAlphanumeric(first),
      text.utf8.allSatisfy({ ClientName.isAlphanumeric($0) || ".-_".utf8.contains($0) }),
      !Network.isAddress(text)
    else { return nil }
    self.text = text
  }

  /// The rule of names, phrased to follow "expected".
  package static let expected =
    "1 to \(maximum) letters, digits, dots, hyphens or underscores, not an IP address"

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
