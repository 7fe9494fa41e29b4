import Glibc
import SystemPackage

/// A text file of a `PrivateDirectory` which programs change, and which people may edit. It is the
/// one way in which lists are read and replaced: a change is whole or not at all, and no other
/// program changes the file meanwhile.
package struct PrivateFile: Sendable {
  /// The state of a file that has been replaced.
  package enum Saving: Sendable {
    /// It survives a loss of power.
    case durable
    /// After a loss of power it may be the former one, or empty.
    case lazy
  }

  /// The largest list in bytes. A list of 100,000 clients has about 12 MB.
  package static let largest = 64 << 20

  private let directory: PrivateDirectory
  private let name: String
  private let largest: Int
  private let patience: Duration
  private let saving: Saving

  /// The file `name`, which need not exist. It has at most `largest` bytes. A change waits for
  /// another program's change for at most `patience`.
  package init(
    _ directory: PrivateDirectory, _ name: String, largest: Int = largest,
    patience: Duration = .seconds(5), saving: Saving = .durable
  ) {
    self.directory = directory
    self.name = name
    self.largest = largest
    self.patience = patience
    self.saving = saving
  }

  /// Returns the bytes; none if the file does not exist. Throws a `SystemFailure`, EFBIG for a file
  /// that is too large.
  package func bytes() throws -> [UInt8] {
    guard let file = try directory.open(name) else { return [] }
    defer { try? file.close() }
    return try file.content(atMost: largest)
  }

  /// Returns the lines. A missing file has one empty line.
  package func lines() throws -> [FileLine] { [FileLine](file: try bytes()) }

  /// Replaces the file by one with the lines that `body` leaves, for its owner alone. A file that
  /// stays the same is not written. Throws `UnusableFile` if another program changes the file for
  /// too long, and the errors of `body`, after which the file is the former one.
  package func change<Value>(_ body: (inout [FileLine]) throws -> Value) throws -> Value {
    try directory.exclusively(name, patience: patience) {
      let former = try lines()
      var lines = former
      let value = try body(&lines)
      if lines != former { try replace(by: lines.file) }
      return value
    }
  }

  private func replace(by bytes: [UInt8]) throws {
    switch saving {
    case .durable: try directory.replace(name, by: bytes, mode: 0o600)
    case .lazy: try directory.replaceLazily(name, by: bytes, mode: 0o600)
    }
  }
}
