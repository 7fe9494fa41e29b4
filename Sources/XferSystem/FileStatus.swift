import CLinux
import Glibc
import SystemPackage

/// What a file is and how long it is (statx(2)).
public struct FileStatus: Sendable {
  public let size: Int64
  /// Bytes on the disk, those that are reserved behind the end included.
  public let allocated: Int64
  /// Names that the file has.
  public let links: UInt32
  public let isRegular: Bool
  public let isDirectory: Bool
  public let isLink: Bool
  public let device: UInt64
  public let identity: FileIdentity
  /// Permission bits, as `chmod` takes them.
  public let mode: UInt32
  /// Nanoseconds since 1970: last change of the content, last change of the content or the inode.
  public let modified: Int64
  public let changed: Int64

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
    modified = raw.modified
    changed = raw.changed
  }
}

/// What a file is known by on its file system, wherever it is moved to and whatever is written to it. The
/// number of an inode is used again when its file is removed, so the moment of its making belongs to it.
public struct FileIdentity: Hashable, Sendable {
  public let inode: UInt64
  /// Nanoseconds since 1970; 0 where the file system does not tell.
  public let born: Int64

  public init(inode: UInt64, born: Int64) {
    self.inode = inode
    self.born = born
  }
}

extension FileStatus {
  /// What a path as a person names it leads to, through links; nil where nothing is there.
  public static func of(path: String) throws(SystemFailure) -> FileStatus? {
    var raw = xfer_status()
    do {
      try retrying("examine \"\(path)\"") { xfer_examine(AT_FDCWD, path, 0, &raw) }
    } catch  where error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory {
      return nil
    }
    return FileStatus(raw)
  }
}

extension FileDescriptor {
  public func status() throws(SystemFailure) -> FileStatus {
    var raw = xfer_status()
    try retrying("examine a file") { xfer_examine(rawValue, "", 0, &raw) }
    return FileStatus(raw)
  }
}

extension Directory {
  /// The status of what stands under this path; nil where nothing does, or only through a link.
  public func status(of path: String) throws(SystemFailure) -> FileStatus? {
    var raw = xfer_status()
    // One call where the path is one name and cannot lead through a link.
    let isOneName = !path.utf8.contains(UInt8(ascii: "/"))
    do {
      try retrying("examine \"\(path)\"") {
        isOneName
          ? xfer_examine(descriptor.rawValue, path, AT_SYMLINK_NOFOLLOW, &raw)
          : xfer_examine_beneath(descriptor.rawValue, path, &raw)
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
