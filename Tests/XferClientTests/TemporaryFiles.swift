import FoundationEssentials
import Glibc
import Testing
import XferProtocol
import XferSystem

@testable import XferClient

/// A directory with files for one test, which is removed when the object is released.
final class TemporaryFiles {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/xfer-client-\(TransferID.random())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the directories above it, and returns its path.
  @discardableResult
  func write(_ content: String, to name: String) throws -> String {
    let directory = name.split(separator: "/").dropLast().reduce(path) { $0 + "/" + $1 }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let file = path + "/" + name
    try #require(FileManager.default.createFile(atPath: file, contents: Data(content.utf8)))
    return file
  }

  /// Writes a file and returns it as one that was given on the command line.
  func file(_ name: String, _ content: String) throws -> FileToSend {
    FileToSend(
      path: try write(content, to: name), name: try FileName(name),
      size: UInt64(content.utf8.count))
  }

  /// Returns the delivery of a file `a` with the content `abc`, for which this receipt came.
  func delivery(
    _ receipt: Receipt, digest: Digest? = nil, isOfThisRun: Bool = false
  ) throws -> Delivery {
    Delivery(
      file: try file("a", "abc"), offered: receipt.id, receipt: receipt, isOfThisRun: isOfThisRun,
      status: try status(of: "a"), digest: digest)
  }

  /// Makes a symbolic link and returns its path.
  @discardableResult
  func link(_ name: String, to target: String) throws -> String {
    let link = path + "/" + name
    try #require(symlink(target, link) == 0)
    return link
  }

  /// Renames a file. One that has the new name is replaced.
  func rename(_ name: String, to newName: String) throws {
    try #require(Glibc.rename(path + "/" + name, path + "/" + newName) == 0)
  }

  /// Returns the status of a file.
  func status(of name: String) throws -> FileStatus {
    try #require(try FileStatus.of(path: path + "/" + name))
  }
}

/// Returns the SHA-256 of a text.
func digest(of text: String) throws -> Digest {
  let running = RunningDigest()
  Array(text.utf8).withUnsafeBytes { running.add($0, at: 0) }
  return try #require(running.digest(of: UInt64(text.utf8.count)))
}
