import XferSystem

/// The directories in which a group has published files. Each is opened once and synced once.
struct TouchedDirectories {
  /// The directories by the bytes of their paths. As strings, two encodings of "é" would be equal.
  private var open: [[UInt8]: Directory] = [:]

  mutating func open(_ parts: [String], below root: Directory) throws -> Directory {
    let path = Array(parts.joined(separator: "/").utf8)
    if let known = open[path] { return known }
    let directory = try parts.isEmpty ? root.openDirectory(".") : make(parts, below: root)
    open[path] = directory
    return directory
  }

  /// Creates a directory. Its parent is added, too, because it gets a new entry.
  private mutating func make(_ parts: [String], below root: Directory) throws -> Directory {
    let parent = try open(Array(parts.dropLast()), below: root)
    _ = try parent.makeDirectory(parts[parts.count - 1], mode: 0o777)
    return try parent.openDirectory(parts[parts.count - 1])
  }

  /// Syncs all directories.
  func sync() throws {
    for directory in open.values { try directory.sync() }
  }

  /// Closes all directories.
  mutating func close() {
    for directory in open.values { directory.close() }
    open = [:]
  }
}
