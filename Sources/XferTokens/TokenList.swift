import XferSystem

/// The lines of the file of tokens. Comments, empty lines and lines that are not valid are kept, so
/// that a change by a command leaves the work of an editor as it was.
package struct TokenList: Sendable {
  private static let heading = """
    # Tokens for the pages: name, SHA-256 of the token, made, expires. "xferd token --help"
    """

  private struct Line {
    let line: FileLine
    let entry: TokenEntry?

    var text: String { line.repairedText }

    init(_ line: FileLine) {
      self.line = line
      entry = TokenEntry(line: Substring(line.repairedText))
    }
  }

  private var lines: [Line]

  /// Parses the lines of the file. An empty one is a list without tokens.
  package init(_ lines: [FileLine] = []) {
    self.lines = lines.map(Line.init)
    if lines.last?.bytes.isEmpty == true { self.lines.removeLast() }
    if self.lines.isEmpty { self.lines = [Line(FileLine(TokenList.heading))] }
  }

  /// The lines of the file.
  var fileLines: [FileLine] { lines.map(\.line) + [FileLine("")] }

  /// The tokens, in the order of the file.
  package var entries: [TokenEntry] { lines.compactMap(\.entry) }

  /// The numbers of the lines, from 1, that are neither a token nor a comment.
  package var invalidLines: [Int] {
    lines.indices.filter { index in
      let start = lines[index].text.first { !$0.isWhitespace }
      return start != nil && start != "#" && lines[index].entry == nil
    }.map { $0 + 1 }
  }

  /// Returns the valid token with this text. Returns nil if there is none, or if it has expired.
  ///
  /// Compares with every hash, so that the time of an answer does not tell which one is near.
  package func find(_ text: some StringProtocol, now: Timestamp) -> TokenEntry? {
    let hash = Token.hash(text)
    let found = entries.filter { $0.hash.isEqual(to: hash) }
    return found.first { !$0.isExpired(at: now) }
  }

  /// Adds a new token and returns it. Returns nil if the name is taken.
  mutating func add(_ name: String, now: Timestamp, expiresAt: Timestamp?) -> Token? {
    guard !entries.contains(where: { $0.name == name }) else { return nil }
    let token = Token.random()
    let entry = TokenEntry(name: name, token: token, madeAt: now, expiresAt: expiresAt)
    lines.append(Line(FileLine(entry.line)))
    return token
  }

  /// Removes a token. Returns false if there is none of this name.
  mutating func remove(_ name: String) -> Bool {
    let count = lines.count
    lines.removeAll { $0.entry?.name == name }
    return lines.count < count
  }
}
