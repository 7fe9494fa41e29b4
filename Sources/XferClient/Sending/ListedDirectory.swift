import XferSystem

/// A directory that is being listed: one from the command line, or one inside it.
struct ListedDirectory {
  let source: SourceDirectory
  /// The open directory of `source`.
  let root: Directory
  /// The path relative to `root`; empty for `root` itself.
  let path: String
  /// The name at the receiver; empty if the files get no directory there.
  let name: String

  /// The path for messages.
  var shown: String { path.isEmpty ? source.named : source.path + path }

  /// Opens the directory. The caller closes it.
  func open() throws(SystemFailure) -> Directory {
    do {
      return try root.openDirectory(path.isEmpty ? "." : path)
    } catch {
      throw SystemFailure("open the directory \"\(shown)\"", error.errno)
    }
  }

  /// Returns an entry of this directory.
  func entry(_ entry: String) -> ListedDirectory {
    ListedDirectory(
      source: source, root: root, path: path.isEmpty ? entry : path + "/" + entry,
      name: name.isEmpty ? entry : name + "/" + entry)
  }
}
