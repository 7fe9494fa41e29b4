import XferSystem
import XferText

/// A token in the file: `NAME SHA-256 MADE EXPIRES`, with spaces between them.
package struct TokenEntry: Sendable {
  /// The name by which an operator lists and removes the token.
  package let name: String
  /// The hash of the token.
  let hash: TokenHash
  /// The time at which the token was made.
  package let madeAt: Timestamp
  /// The time from which on the token is refused. Nil for a token that does not expire.
  package let expiresAt: Timestamp?

  private static let never = "never"

  init(name: String, token: Token, madeAt: Timestamp, expiresAt: Timestamp?) {
    self.name = name
    hash = Token.hash(token.text)
    self.madeAt = madeAt
    self.expiresAt = expiresAt
  }

  /// Returns nil if the line is not an entry.
  init?(line: Substring) {
    let fields = line.split(whereSeparator: \.isWhitespace)
    guard fields.count == 4, TokenEntry.isName(String(fields[0])), let hash = TokenHash(fields[1]),
      let made = TokenEntry.moment(fields[2])
    else { return nil }
    let expires = fields[3] == TokenEntry.never ? nil : TokenEntry.moment(fields[3])
    guard fields[3] == TokenEntry.never || expires != nil else { return nil }
    name = String(fields[0])
    self.hash = hash
    madeAt = made
    expiresAt = expires
  }

  /// True if the text can be a name: 1 to 64 letters, digits, and `. _ -` of ASCII.
  package static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || [45, 46, 95].contains($0)
      }
  }

  /// Ages are not valid in the file, because they would move with the clock.
  private static func moment(_ text: Substring) -> Timestamp? {
    text.hasSuffix("Z") ? TimeText.parse(String(text)) : nil
  }

  var line: String {
    let expires = expiresAt.map(TimeText.rfc3339) ?? TokenEntry.never
    return "\(name) \(hash) \(TimeText.rfc3339(madeAt)) \(expires)"
  }

  /// True if the token is refused because of its age.
  package func isExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
