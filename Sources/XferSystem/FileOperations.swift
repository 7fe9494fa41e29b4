import CLinux
import Glibc
import SystemPackage

/// What a file is and how long it is.
public struct FileStatus: Sendable {
  public let size: Int64
  public let isRegular: Bool
  public let isDirectory: Bool
  public let isLink: Bool
  public let device: UInt64
  public let inode: UInt64
  /// Permission bits, as `chmod` takes them.
  public let mode: UInt32
  /// Nanoseconds since 1970: last change of the content, last change of the content or the inode.
  public let modified: Int64
  public let changed: Int64

  init(_ raw: Glibc.stat) {
    size = Int64(raw.st_size)
    isRegular = raw.st_mode & S_IFMT == S_IFREG
    isDirectory = raw.st_mode & S_IFMT == S_IFDIR
    isLink = raw.st_mode & S_IFMT == S_IFLNK
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    mode = UInt32(raw.st_mode & 0o7777)
    modified = Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
    changed = Int64(raw.st_ctim.tv_sec) * 1_000_000_000 + Int64(raw.st_ctim.tv_nsec)
  }
}

extension FileStatus {
  /// What a path as a person names it leads to, through links; nil where nothing is there.
  public static func of(path: String) throws(SystemFailure) -> FileStatus? {
    var raw = Glibc.stat()
    do {
      try retrying("examine \"\(path)\"") { fstatat(AT_FDCWD, path, &raw, 0) }
    } catch  where error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory {
      return nil
    }
    return FileStatus(raw)
  }
}

extension FileDescriptor {
  public func status() throws(SystemFailure) -> FileStatus {
    var raw = Glibc.stat()
    try retrying("examine a file") { fstat(rawValue, &raw) }
    return FileStatus(raw)
  }

  /// Writes all of it at the offset, whatever each call takes.
  public func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      done += try retrying("write") {
        Glibc.pwrite(rawValue, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
      }
    }
  }

  /// Reads at the offset until the buffer is full or the file ends; returns how much that was.
  public func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64)
    throws(SystemFailure) -> Int
  {
    var done = 0
    while done < buffer.count {
      let count = try retrying("read") {
        Glibc.pread(rawValue, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + done)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Makes the content durable, with the length and whatever else is needed to read it back.
  public func syncData() throws(SystemFailure) {
    try retrying("sync a file") { fdatasync(rawValue) }
  }

  /// Starts to write a range back to the disk, so that a later `syncData` has little left to do.
  public func startWriteback(at offset: Int64, count: Int) {
    _ = xfer_start_writeback(rawValue, off_t(offset), off_t(count))
  }

  /// Reserves room for content to come without changing the length. False where the file system
  /// cannot reserve: running out of room is then met by the write.
  public func reserve(at offset: Int64, count: Int64) throws(SystemFailure) -> Bool {
    do {
      try retrying("reserve room") { xfer_reserve(rawValue, off_t(offset), off_t(count)) }
      return true
    } catch  where error.errno == .notSupported || error.errno.rawValue == EOPNOTSUPP {
      return false
    }
  }

  public func truncate(to length: Int64) throws(SystemFailure) {
    try retrying("shorten a file") { ftruncate(rawValue, off_t(length)) }
  }
}

extension Directory {
  /// The status of what stands under this path; nil where nothing does, or only through a link.
  public func status(of path: String) throws(SystemFailure) -> FileStatus? {
    var raw = Glibc.stat()
    // One call where the path is one name and cannot lead through a link.
    let isOneName = !path.utf8.contains(UInt8(ascii: "/"))
    do {
      try retrying("examine \"\(path)\"") {
        isOneName
          ? fstatat(descriptor.rawValue, path, &raw, AT_SYMLINK_NOFOLLOW)
          : xfer_stat_beneath(descriptor.rawValue, path, &raw)
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
