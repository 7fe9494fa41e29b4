import SystemPackage
import XferProtocol
import XferSystem

/// Directories and links in `files/`. They have no content, so that they are made in place.
extension PublishedFiles {
  /// Returns the kind of the file under this name; nil if there is none, or if it is neither a
  /// regular file, a directory nor a link.
  package func kind(of name: FileName) throws -> FileAttributes.Kind? {
    guard let status = try files.status(of: name.text) else { return nil }
    if status.isRegular { return .file }
    if status.isDirectory { return .directory }
    return status.isLink ? .link(target: try files.target(ofLink: name.text)) : nil
  }

  /// Returns true if a directory or a link with these properties is under this name.
  package func has(_ properties: FileAttributes, as name: FileName) throws -> Bool {
    guard let status = try files.status(of: name.text),
      try suits(status, properties, name)
    else { return false }
    if case .link = properties.kind { return true }
    let mode = properties.mode.map(PublishedFiles.directoryMode) ?? status.mode
    return status.mode == mode && status.modified == properties.modified ?? status.modified
  }

  /// Returns true if this may stay under the name of a directory or a link that is delivered: a
  /// directory, or a link with the same target.
  func suits(_ status: FileStatus, _ properties: FileAttributes, _ name: FileName) throws -> Bool {
    switch properties.kind {
    case .file: return false
    case .directory: return status.isDirectory
    case .link(let target):
      return try status.isLink && files.target(ofLink: name.text) == target
    }
  }

  /// Creates a directory or a link, or changes one that suits: see `NewNames.make`.
  func make(
    _ properties: FileAttributes, as name: FileName, touched: inout TouchedDirectories
  ) throws {
    if let obstacle = try obstacle(to: name, as: properties) { throw obstacle }
    let parts = name.components.map(String.init)
    do {
      if case .link(let target) = properties.kind {
        let parent = try touched.open(Array(parts.dropLast()), below: files)
        try makeLink(parts[parts.count - 1], to: target, in: parent, modified: properties.modified)
      } else {
        try change(try touched.open(parts, below: files), to: properties)
      }
    } catch {
      throw try obstacle(to: name, as: properties) ?? PublishedFiles.lasting(error, name) ?? error
    }
  }

  private func makeLink(
    _ name: String, to target: String, in parent: Directory, modified: Int64?
  ) throws {
    let isNew = try parent.makeLink(name, to: target)
    guard try isNew || parent.target(ofLink: name) == target else {
      throw SystemFailure("create the link \"\(name)\"", .fileExists)
    }
    if let modified { try parent.setModified(modified, ofLink: name) }
  }

  private func change(_ directory: Directory, to properties: FileAttributes) throws {
    if let mode = properties.mode {
      try directory.descriptor.setMode(PublishedFiles.directoryMode(mode))
    }
    if let modified = properties.modified { try directory.descriptor.setModified(modified) }
  }

  /// The mode of a directory: the receiver's user can always list and change it.
  private static func directoryMode(_ mode: UInt32) -> UInt32 { mode & 0o777 | 0o700 }
}
