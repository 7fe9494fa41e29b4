import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The files that were delivered, under their names. Only the recorder publishes.
public struct PublishedFiles: Sendable {
  fileprivate let files: Directory
  private let incoming: Directory

  public init(_ data: DataDirectory) {
    files = data.files
    incoming = data.incoming
  }

  /// The length of the file under this name; nil where no regular file is there.
  public func size(of name: FileName) throws -> UInt64? {
    guard let status = try files.status(of: name.text), status.isRegular else { return nil }
    return UInt64(status.size)
  }

  public func identity(of name: FileName) throws -> FileIdentity? {
    try files.status(of: name.text)?.identity
  }

  /// When the file under this name got it: a rename is the last that changes an inode here.
  public func moment(of name: FileName) throws -> Timestamp? {
    try files.status(of: name.text).map { Timestamp(microseconds: $0.changed / 1000) }
  }

  /// Takes away a file that turned out not to be whole, before anybody had a receipt for it.
  public func remove(_ name: FileName) throws {
    let parts = name.components.map(String.init)
    let directory = try files.openDirectory(
      parts.count > 1 ? parts.dropLast().joined(separator: "/") : ".")
    defer { directory.close() }
    try directory.remove(parts[parts.count - 1])
  }

  /// The SHA-256 of the file under this name as it is now; nil where there is none.
  public func digest(of name: FileName) throws -> Digest? {
    guard try files.status(of: name.text) != nil else { return nil }
    let file = try files.openFile(name.text, O_RDONLY)
    defer { try? file.close() }
    let reader = try FollowingReader(file: file)
    reader.grow(to: try file.status().size)
    return try reader.finish().map { try Digest($0) }
  }

  /// Why nothing can be published under this name now; nil where it can be.
  public func obstacle(to name: FileName) throws -> Refusal? {
    if DataDirectory.isProbe(name) { return PublishedFiles.reserved(name) }
    if try files.status(of: name.text) != nil { return PublishedFiles.taken(name) }
    var above = ""
    for part in name.components.dropLast() {
      above += above.isEmpty ? String(part) : "/\(part)"
      guard let status = try files.status(of: above) else { return nil }
      if let refusal = try obstacle(at: above, status, to: name) { return refusal }
    }
    return nil
  }

  /// Files are published by renaming, and through no symbolic link: so on the file system of `files/` only.
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

  /// Moves a recorded file to its name, making the directories above it; the directories whose
  /// entries changed are added to `touched`, to be synced before the receipt. Throws `BrokenSeal` where it would
  /// be another file than the one that is held, or is not as it was.
  public func publish(
    _ held: SealedFiles.Held, as name: FileName, touched: inout TouchedDirectories
  ) throws {
    if DataDirectory.isProbe(name) { throw PublishedFiles.reserved(name) }
    let parts = name.components.map(String.init)
    do {
      let directory = try touched.open(Array(parts.dropLast()), below: files)
      try held.check(in: incoming)
      try incoming.renameWithoutReplacing(
        held.id.description, to: directory, as: parts[parts.count - 1])
      if held.size > IncomingFile.leastWithSums { SumsFile.remove(held.id, in: incoming) }
    } catch let broken as BrokenSeal {
      throw broken
    } catch {
      throw try obstacle(to: name) ?? PublishedFiles.lasting(error, name) ?? error
    }
  }

  /// The refusal of a name that this file system will never take; nil where trying again may help.
  private static func lasting(_ error: any Error, _ name: FileName) -> Refusal? {
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

/// The directories in which a batch published files: opened once, synced once, closed together.
public struct TouchedDirectories {
  /// By the bytes of the path: a String takes two ways to write "é" for the same.
  private var open: [[UInt8]: Directory] = [:]

  public init() {}

  /// Adds the directory of a file that was published already: its entry may not be durable yet.
  public mutating func add(directoryOf name: FileName, in published: PublishedFiles) throws {
    _ = try open(name.components.dropLast().map(String.init), below: published.files)
  }

  mutating func open(_ parts: [String], below root: Directory) throws -> Directory {
    let path = Array(parts.joined(separator: "/").utf8)
    if let known = open[path] { return known }
    let directory = try parts.isEmpty ? root.openDirectory(".") : make(parts, below: root)
    open[path] = directory
    return directory
  }

  /// A new directory is an entry in the one above it, which is touched by that.
  private mutating func make(_ parts: [String], below root: Directory) throws -> Directory {
    let parent = try open(Array(parts.dropLast()), below: root)
    _ = try parent.makeDirectory(parts[parts.count - 1], mode: 0o777)
    return try parent.openDirectory(parts[parts.count - 1])
  }

  public func sync() throws {
    for directory in open.values { try directory.sync() }
  }

  public mutating func close() {
    for directory in open.values { directory.close() }
    open = [:]
  }
}
