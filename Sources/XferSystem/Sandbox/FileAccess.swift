/// The access to files that Landlock knows (linux/landlock.h, LANDLOCK_ACCESS_FS_…). Examining a
/// file that a process can name (stat(2), O_PATH) needs none.
package struct FileAccess: OptionSet, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  static let execute = FileAccess(rawValue: 1 << 0)
  static let write = FileAccess(rawValue: 1 << 1)
  /// Reading the content of files.
  package static let read = FileAccess(rawValue: 1 << 2)
  /// Listing directories, and opening them for a listing or a sync.
  package static let list = FileAccess(rawValue: 1 << 3)
  static let removeDirectory = FileAccess(rawValue: 1 << 4)
  static let removeFile = FileAccess(rawValue: 1 << 5)
  static let makeDirectory = FileAccess(rawValue: 1 << 7)
  static let makeFile = FileAccess(rawValue: 1 << 8)
  static let makeLink = FileAccess(rawValue: 1 << 12)
  /// A link or a rename between two directories. Since version 2.
  static let move = FileAccess(rawValue: 1 << 13)
  /// Since version 3.
  static let truncate = FileAccess(rawValue: 1 << 14)
  /// ioctl(2) on devices. Since version 5.
  static let control = FileAccess(rawValue: 1 << 15)

  /// Creating, writing, renaming and removing files of one directory.
  package static let changeFiles: FileAccess = [
    .read, .write, .truncate, .makeFile, .removeFile, .list,
  ]
  /// The same in a tree of directories.
  package static let changeTree: FileAccess = [
    .changeFiles, .makeDirectory, .makeLink, .removeDirectory, .move,
  ]
  /// The rights that a rule for a single file may name.
  static let ofFile: FileAccess = [.execute, .write, .read, .truncate, .control]

  /// All access that a version of Landlock restricts.
  static func all(version: Int32) -> FileAccess {
    var access = FileAccess(rawValue: (1 << 13) - 1)
    if version >= 2 { access.insert(.move) }
    if version >= 3 { access.insert(.truncate) }
    if version >= 5 { access.insert(.control) }
    return access
  }
}
