import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The published files in the local directory `files/`.
package struct PublishedFiles: PublishedStore {
  let files: Directory
  private let incoming: Directory

  /// Creates the published files of a data directory.
  package init(_ data: DataDirectory) {
    files = data.files
    incoming = data.incoming
  }

  /// Returns the length of the file under this name in bytes; nil if there is no regular file.
  package func size(of name: FileName) throws -> UInt64? {
    guard let status = try files.status(of: name.text), status.isRegular else { return nil }
    return UInt64(status.size)
  }

  /// Returns the inode of the file under this name; nil if there is none.
  package func identity(of name: FileName) throws -> FileIdentity? {
    try files.status(of: name.text)?.identity
  }

  /// Returns the time at which the file was renamed to this name; nil if there is no such file. The
  /// rename is the last change of an inode here, so that it is the ctime.
  package func moment(of name: FileName) throws -> Timestamp? {
    try files.status(of: name.text).map { Timestamp(microseconds: $0.changed / 1000) }
  }

  /// Removes a file that was found to be incomplete before a receipt for it was sent.
  package func remove(_ name: FileName) throws {
    let parts = name.components.map(String.init)
    let directory = try files.openDirectory(
      parts.count > 1 ? parts.dropLast().joined(separator: "/") : ".")
    defer { directory.close() }
    try directory.remove(parts[parts.count - 1])
  }

  /// Returns the SHA-256 of the file under this name as it is now; nil if there is no such file.
  package func digest(of name: FileName) throws -> Digest? {
    guard try files.status(of: name.text) != nil else { return nil }
    let file = try files.openFile(name.text, O_RDONLY)
    defer { try? file.close() }
    let reader = try FollowingReader(file: file)
    reader.grow(to: try file.status().size)
    return try reader.finish().map { Digest($0) }
  }

  /// Returns the refusal of a name under which no file can be published now; nil if one can be.
  package func obstacle(
    to name: FileName, as properties: FileAttributes = FileAttributes()
  ) throws -> Refusal? {
    if DataDirectory.isProbe(name) { return PublishedFiles.reserved(name) }
    if let status = try files.status(of: name.text) {
      return try suits(status, properties, name) ? nil : PublishedFiles.taken(name)
    }
    var above = ""
    for part in name.components.dropLast() {
      above += above.isEmpty ? String(part) : "/\(part)"
      guard let status = try files.status(of: above) else { return nil }
      if let refusal = try obstacle(at: above, status, to: name) { return refusal }
    }
    return nil
  }

  /// Returns the refusal of a directory that is a symbolic link, a file or another file system. A
  /// file is published by a rename, which cannot leave the file system, and never through a link.
  private func obstacle(
    at above: String, _ status: FileStatus, to name: FileName
  ) throws -> Refusal? {
    if status.isLink {
      return Refusal(
        .exists, "\"\(above)\" is a symbolic link at the receiver, which publishes through none")
    }
    guard status.isDirectory else {
      return Refusal(.exists, "\"\(above)\" is a file, so \"\(name)\" cannot be below it")
    }
    guard try status.device == files.descriptor.status().device else {
      return Refusal(
        .badName, "\"\(above)\" is another file system at the receiver, which publishes on one")
    }
    return nil
  }

  /// Renames a recorded file to its name and creates the directories above it, which `touched`
  /// opens: see `NewNames.publish`.
  func publish(
    _ held: SealedFiles.Held, as name: FileName, mode: UInt32?, touched: inout TouchedDirectories
  ) throws {
    if DataDirectory.isProbe(name) { throw PublishedFiles.reserved(name) }
    let parts = name.components.map(String.init)
    do {
      let directory = try touched.open(Array(parts.dropLast()), below: files)
      try held.check(in: incoming)
      if let mode { try held.setMode(mode) }
      try incoming.renameWithoutReplacing(
        held.id.description, to: directory, as: parts[parts.count - 1])
      if held.size > IncomingFile.leastWithSums { SumsFile.remove(held.id, in: incoming) }
    } catch let broken as BrokenSeal {
      throw broken
    } catch {
      throw try obstacle(to: name) ?? PublishedFiles.lasting(error, name) ?? error
    }
  }

  /// Returns the refusal of a name that this file system never accepts; nil if a retry may succeed.
  static func lasting(_ error: any Error, _ name: FileName) -> Refusal? {
    guard let failure = error as? SystemFailure else { return nil }
    switch failure.errno {
    case .fileNameTooLong, .invalidArgument, .illegalByteSequence:
      return Refusal(
        .badName,
        "the receiver's file system does not take the name \"\(name)\"; send it under another name")
    case .improperLink, .tooManySymbolicLinkLevels:
      return Refusal(
        .badName,
        "\"\(name)\" leads out of the receiver's file system; send it under another name")
    default: return nil
    }
  }

  private static func reserved(_ name: FileName) -> Refusal {
    Refusal(.badName, "the name \"\(name)\" is kept for the receiver; send it under another name")
  }

  static func taken(_ name: FileName) -> Refusal {
    Refusal(
      .exists,
      "the receiver has \"\(name)\" already and replaces nothing; send it under another name")
  }
}
