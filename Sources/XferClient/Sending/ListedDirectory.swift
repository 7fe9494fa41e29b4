import XferSystem

/// A directory that is being listed, or an entry of one.
struct ListedDirectory {
  let source: SourceDirectory
  /// The open directory of `source`.
  let root: Directory
  /// The path relative to `root`; empty for `root` itself.
  let path: String
  /// The name at the receiver; empty if the files get no directory there.
  let name: String
  /// The path from the root of the transfer on, which rules of filters see.
  let place: String
  /// The directories that contain this one, and itself, from the command line on.
  private let trail: [FileKey]

  /// A directory of the command line.
  init(source: SourceDirectory, root: Directory, name: String, place: String) {
    self.init(source, root, path: "", name: name, place: place, trail: [source.key])
  }

  private init(
    _ source: SourceDirectory, _ root: Directory, path: String, name: String, place: String,
    trail: [FileKey]
  ) {
    self.source = source
    self.root = root
    self.path = path
    self.name = name
    self.place = place
    self.trail = trail
  }

  /// The path of the file.
  var shown: String { path.isEmpty ? source.named : source.path + path }

  /// The path of an entry.
  func shown(_ entry: String) -> String {
    source.path + (path.isEmpty ? entry : path + "/" + entry)
  }

  /// Opens the directory. The caller closes it.
  func open() throws(SystemFailure) -> Directory {
    do {
      return try root.openDirectory(path.isEmpty ? "." : path)
    } catch {
      throw SystemFailure("open the directory \"\(shown)\"", error.errno)
    }
  }

  /// Returns an entry of this directory, or a file at a path below it.
  func entry(_ entry: String, _ status: FileStatus) -> ListedDirectory {
    func below(_ path: String) -> String { path.isEmpty ? entry : path + "/" + entry }
    return ListedDirectory(
      source, root, path: below(path), name: below(name), place: below(place),
      trail: status.isDirectory ? trail + [FileKey(status)] : trail)
  }

  /// Returns the directory behind this symbolic link, under the name of the link. Returns nil if it
  /// contains the link.
  func followed(to target: SourceDirectory, root: Directory) -> ListedDirectory? {
    guard !trail.contains(target.key) else { return nil }
    return ListedDirectory(
      target, root, path: "", name: name, place: place, trail: trail + [target.key])
  }
}

/// Identifies a file among all that are mounted.
struct FileKey: Equatable {
  private let device: UInt64
  private let inode: UInt64

  init(_ status: FileStatus) {
    device = status.device
    inode = status.identity.inode
  }
}
