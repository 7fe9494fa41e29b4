import XferSystem

/// A directory of the command line. Its files are opened relative to it and without following
/// symbolic links, so that a link that is created during the run cannot lead outside.
final class SourceDirectory: Sendable {
  /// The path as given.
  let named: String
  /// The path with a slash at its end.
  let path: String
  /// The absolute path without symbolic links.
  let resolved: String
  /// The status when it was listed.
  let status: FileStatus

  var key: FileKey { FileKey(status) }

  /// Follows symbolic links, because the user gave this path. Throws if it cannot be opened.
  init(path: String) throws(SystemFailure) {
    named = path
    self.path = path.hasSuffix("/") ? path : path + "/"
    let directory = try Directory(path: path)
    defer { directory.close() }
    status = try directory.descriptor.status()
    resolved = resolvedDirectory(path)
  }

  /// Opens the directory again. Throws if another directory has its path now. The caller closes it.
  func open() throws -> Directory {
    let directory = try Directory(path: named)
    do {
      guard FileKey(try directory.descriptor.status()) == key else {
        throw Unsendable("the directory \"\(named)\" was replaced by another directory")
      }
      return directory
    } catch {
      directory.close()
      throw error
    }
  }

  /// Opens the directory of a file in this one, and returns the name of the file in it. The caller
  /// closes it.
  func parent(of path: String) throws -> (Directory, String) {
    let root = try open()
    var parts = relative(path).utf8.split(separator: UInt8(ascii: "/")).map {
      String(Substring($0))
    }
    guard parts.count > 1, let name = parts.popLast() else { return (root, parts.first ?? ".") }
    defer { root.close() }
    return (try root.openDirectory(parts.joined(separator: "/")), name)
  }

  /// Returns the path relative to this directory of a file in it; empty for the directory itself.
  func relative(_ path: String) -> String {
    String(decoding: path.utf8.dropFirst(self.path.utf8.count), as: UTF8.self)
  }
}
