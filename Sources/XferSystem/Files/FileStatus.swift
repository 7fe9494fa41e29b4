import CLinux
import Glibc
import SystemPackage

/// The type, the size and the times of a file (statx(2)).
package struct FileStatus: Equatable, Sendable {
  /// The length in bytes.
  package let size: Int64
  /// Bytes allocated on the disk, including those reserved behind the end.
  package let allocated: Int64
  /// The number of names (hard links).
  package let links: UInt32
  /// True if it is a regular file.
  package let isRegular: Bool
  /// True if it is a directory.
  package let isDirectory: Bool
  /// True if it is a symbolic link.
  package let isLink: Bool
  /// The device number of the file system.
  package let device: UInt64
  /// The identity on the file system.
  package let identity: FileIdentity
  /// Permission bits, as `chmod` takes them.
  package let mode: UInt32
  /// The user to whom the file belongs.
  package let user: UInt32
  /// The last change of the content, in nanoseconds since 1970.
  package let modified: Int64
  /// The last change of the content or of the inode, in nanoseconds since 1970.
  package let changed: Int64

  fileprivate init(_ raw: xfer_status) {
    size = raw.size
    allocated = raw.allocated
    links = raw.links
    isRegular = raw.mode & S_IFMT == S_IFREG
    isDirectory = raw.mode & S_IFMT == S_IFDIR
    isLink = raw.mode & S_IFMT == S_IFLNK
    device = raw.device
    identity = FileIdentity(inode: raw.inode, born: raw.born)
    mode = raw.mode & 0o7777
    user = raw.user
    modified = raw.modified
    changed = raw.changed
  }
}

extension FileStatus {
  /// Returns the status of the file at `path` and follows symbolic links. Returns nil if nothing is
  /// there.
  package static func of(path: String) throws(SystemFailure) -> FileStatus? {
    var raw = xfer_status()
    do {
      try retrying("read the status of \"\(path)\"") {
        path.withPath { xfer_examine(AT_FDCWD, $0, 0, &raw) }
      }
    } catch  where error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory {
      return nil
    }
    return FileStatus(raw)
  }
}

extension FileDescriptor {
  /// Returns the status of the open file.
  package func status() throws(SystemFailure) -> FileStatus {
    var raw = xfer_status()
    try retrying("read the status of a file") { xfer_examine(rawValue, "", 0, &raw) }
    return FileStatus(raw)
  }
}

extension Directory {
  /// Returns the status of the file at `path`, a symbolic link itself included. Returns nil if
  /// nothing is there, or if the path leads through a symbolic link.
  package func status(of path: String) throws(SystemFailure) -> FileStatus? {
    var raw = xfer_status()
    // A path of one name cannot lead through a link, so one call is enough.
    let isOneName = !path.utf8.contains(UInt8(ascii: "/"))
    do {
      try retrying("read the status of \"\(path)\"") {
        path.withPath {
          isOneName
            ? xfer_examine(descriptor.rawValue, $0, AT_SYMLINK_NOFOLLOW, &raw)
            : xfer_examine_beneath(descriptor.rawValue, $0, &raw)
        }
      }
    } catch
      where [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(
        error.errno)
    {
      return nil
    }
    return FileStatus(raw)
  }
}
