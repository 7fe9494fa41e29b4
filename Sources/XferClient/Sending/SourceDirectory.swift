import XferSystem

/// A directory of the command line. Its files are opened relative to it and without following
/// symbolic links, so that a link that is created during the run cannot lead outside.
final class SourceDirectory {
  /// The path as given.
  let named: String
  /// The path with a slash at its end.
  let path: String
  /// The absolute path without symbolic links.
  let resolved: String
  private let device: UInt64
  private let inode: UInt64

  /// Follows symbolic links, because the user gave this path. Throws if it cannot be opened.
  init(path: String) throws(SystemFailure) {
    named = path
    self.path = path.hasSuffix("/") ? path : path + "/"
    let directory = try Directory(path: path)
    defer { directory.close() }
    let status = try directory.descriptor.status()
    (device, inode) = (status.device, status.identity.inode)
    resolved = resolvedDirectory(path)
  }

  /// Opens the directory again. Throws if another directory has its path now. The caller closes it.
  func open() throws -> Directory {
    let directory = try Directory(path: named)
    do {
      let status = try directory.descriptor.status()
      guard status.device == device, status.identity.inode == inode else {
        throw Unsendable("the directory \"\(named)\" was replaced by another directory")
      }
      return directory
    } catch {
      directory.close()
      throw error
    }
  }

  /// Returns the path relative to this directory of a file in it.
  func relative(_ path: String) -> String {
    String(decoding: path.utf8.dropFirst(self.path.utf8.count), as: UTF8.self)
  }
}
