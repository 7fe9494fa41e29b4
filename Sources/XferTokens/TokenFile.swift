import Glibc
import SystemPackage
import XferSystem

/// The file `tokens` of the tokens for the pages. It is a text file of one token a line, and may be edited
/// by hand.
package struct TokenFile: Sendable {
  /// The name in its directory.
  package static let name = "tokens"
  /// The largest file that is read, in bytes: some seven thousand tokens.
  private static let largest = 1 << 20
  /// The time to wait for another command that changes the file.
  private static let patience = Duration.seconds(5)

  /// The error of a file that must not be used, with the remedy.
  package struct Unusable: Error, CustomStringConvertible {
    /// The reason, and what to do about it.
    package let description: String
  }

  private let path: String

  /// The file in this directory. It need not exist.
  package init(directory: String) { path = directory }

  /// The identity, length and time of change of the file; nil if it does not exist. It differs after
  /// each change, because a command replaces the file, and an editor changes its times.
  package func version() throws -> TokenFileVersion? {
    try FileStatus.of(path: "\(path)/\(TokenFile.name)").map(TokenFileVersion.init)
  }

  /// Reads the tokens; none if the file does not exist. Throws `Unusable` or `SystemFailure`.
  package func read() throws -> TokenList {
    let directory = try Directory(path: path)
    defer { directory.close() }
    guard try directory.status(of: TokenFile.name) != nil else { return TokenList() }
    let file = try directory.openFile(TokenFile.name, O_RDONLY)
    defer { try? file.close() }
    return try content(of: file, try file.status())
  }

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

  /// Changes the list while no other command does, and replaces the file by a whole one.
  private func change<Result>(_ body: (inout TokenList) throws -> Result) throws -> Result {
    let directory = try Directory(path: path)
    defer { directory.close() }
    let (file, status) = try locked(in: directory)
    defer { try? file.close() }
    var list = try content(of: file, status)
    let result = try body(&list)
    try directory.replaceFile(TokenFile.name, by: Array(list.text.utf8), mode: 0o600)
    return result
  }

  private func locked(in directory: Directory) throws -> (FileDescriptor, FileStatus) {
    let end = MonotonicTime.now + TokenFile.patience
    while true {
      if let locked = try directory.openLocked(TokenFile.name, O_RDWR | O_CREAT, mode: 0o600) {
        return locked
      }
      guard .now < end else {
        throw Unusable(description: "another program holds \"\(path)/tokens\"; try again")
      }
      usleep(20_000)
    }
  }

  private func content(of file: FileDescriptor, _ status: FileStatus) throws -> TokenList {
    guard status.isRegular, status.size <= TokenFile.largest else {
      throw Unusable(description: "\"\(path)/tokens\" is not a file of tokens; remove it")
    }
    guard status.mode & 0o022 == 0 else {
      throw Unusable(
        description: "\"\(path)/tokens\" can be written by other users; run chmod 600 on it")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.size))
    let count = try bytes.withUnsafeMutableBytes { try file.readAll(into: $0, at: 0) }
    return TokenList(String(decoding: bytes.prefix(count), as: UTF8.self))
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
