import XferSystem

/// A directory that was named, or one in it.
struct Place {
  let source: SourceDirectory
  /// That source, open.
  let root: Directory
  /// From there on; empty for itself.
  let path: String
  /// What it is called at the receiver; empty where its files have no directory there.
  let name: String

  /// As it is shown.
  var shown: String { path.isEmpty ? source.named : source.path + path }

  func open() throws(SystemFailure) -> Directory {
    do {
      return try root.openDirectory(path.isEmpty ? "." : path)
    } catch {
      throw SystemFailure("open the directory \"\(shown)\"", error.errno)
    }
  }

  func below(_ entry: String) -> Place {
    Place(
      source: source, root: root, path: path.isEmpty ? entry : path + "/" + entry,
      name: name.isEmpty ? entry : name + "/" + entry)
  }
}
