import CLinux
import Glibc
import SystemPackage

/// What a file is known by on its file system, wherever it is moved to and whatever is written to it. A
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

extension FileDescriptor {
  public func identity() throws(SystemFailure) -> FileIdentity {
    var (inode, born) = (UInt64(0), Int64(0))
    try retrying("examine a file") { xfer_identify(rawValue, &inode, &born) }
    return FileIdentity(inode: inode, born: born)
  }
}

extension Directory {
  /// Of what stands under this path; nil where nothing does, or only through a link.
  public func identity(of path: String) throws(SystemFailure) -> FileIdentity? {
    do {
      let file = try openFile(path, xfer_path_only)
      defer { try? file.close() }
      return try file.identity()
    } catch
      where [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(
        error.errno)
    {
      return nil
    }
  }
}
