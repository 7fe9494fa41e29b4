import XferSystem

/// The file `tokens` of the tokens for the pages. It is a text file of one token a line, and may be
/// edited by hand.
package struct TokenFile: Sendable {
  /// The name in its directory.
  package static let name = "tokens"
  /// The largest file that is read, in bytes: some seven thousand tokens.
  private static let largest = 1 << 20

  /// The error of a file that must not be used, with the remedy.
  package struct Unusable: Error, CustomStringConvertible {
    /// The reason, and what to do about it.
    package let description: String
  }

  private let path: String

  /// The file in this directory. It need not exist.
  package init(directory: String) { path = directory }

  /// The identity, length and time of change of the file; nil if it does not exist. It differs
  /// after each change, because a command replaces the file, and an editor changes its times.
  package func version() throws -> TokenFileVersion? {
    try FileStatus.of(path: "\(path)/\(TokenFile.name)").map(TokenFileVersion.init)
  }

  /// Reads the tokens; none if the file does not exist. Throws `Unusable` or `SystemFailure`.
  package func read() throws -> TokenList { try withFile { TokenList(try $0.lines()) } }

  /// Adds a token of this name, which expires after `ttl`, and returns it. Throws if the name is
  /// taken.
  package func add(_ name: String, ttl: Duration?, now: Timestamp = .now) throws -> Token {
    let expiresAt = ttl.map { Timestamp(microseconds: now.microseconds + $0.nanoseconds / 1000) }
    return try change { list in
      guard let token = list.add(name, now: now, expiresAt: expiresAt) else {
        throw Unusable(
          description: "there is a token \"\(name)\"; remove it first, or choose another name")
      }
      return token
    }
  }

  /// Removes the token of this name. Throws if there is none.
  package func remove(_ name: String) throws {
    try change { list in
      guard list.remove(name) else {
        throw Unusable(description: "there is no token \"\(name)\"; \"xferd token list\" shows all")
      }
    }
  }

  private func change<Result>(_ body: (inout TokenList) throws -> Result) throws -> Result {
    try withFile { file in
      try file.change { lines in
        var list = TokenList(lines)
        let result = try body(&list)
        lines = list.fileLines
        return result
      }
    }
  }

  /// Runs `body` with the file, if it may be used.
  private func withFile<Result>(_ body: (PrivateFile) throws -> Result) throws -> Result {
    let directory = try PrivateDirectory(path)
    defer { directory.close() }
    if let status = try directory.status(of: TokenFile.name) { try check(status) }
    return try body(PrivateFile(directory, TokenFile.name, largest: TokenFile.largest))
  }

  private func check(_ status: FileStatus) throws(Unusable) {
    guard status.isRegular, status.size <= TokenFile.largest else {
      throw Unusable(description: "\"\(path)/tokens\" is not a file of tokens; remove it")
    }
    guard status.mode & 0o022 == 0 else {
      throw Unusable(
        description: "\"\(path)/tokens\" can be written by other users; run chmod 600 on it")
    }
  }
}

/// The state of the file of tokens, to notice a change of it.
package struct TokenFileVersion: Hashable, Sendable {
  private let identity: FileIdentity
  private let size: Int64
  private let changed: Int64

  fileprivate init(_ status: FileStatus) {
    identity = status.identity
    size = status.size
    changed = status.changed
  }
}
