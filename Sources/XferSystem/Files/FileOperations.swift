import CLinux
import Glibc
import SystemPackage

extension FileDescriptor {
  /// Writes all bytes at `offset`, in as many calls as it takes (pwrite(2)).
  package func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      let count = try retrying("write") {
        Glibc.pwrite(rawValue, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
      }
      if count == 0 { throw SystemFailure("write", .ioError) }
      done += count
    }
  }

  /// Reads at `offset` until the buffer is full or the file ends (pread(2)). Returns the number of
  /// bytes.
  package func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64)
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

  /// Opens a file for reading and follows symbolic links, because an operator chose this path.
  package static func reading(path: String) throws(SystemFailure) -> FileDescriptor {
    FileDescriptor(
      rawValue: try retrying("open \"\(path)\"") {
        path.withPath { Glibc.open($0, O_RDONLY | O_CLOEXEC) }
      })
  }

  /// Returns `count` bytes at `offset`, or fewer if the file ends before.
  package func content(at offset: Int64, count: Int) throws(SystemFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(SystemFailure) in try readAll(into: buffer, at: offset) }
    }
    bytes.removeLast(count - (try read.get()))
    return bytes
  }

  /// Returns the whole file. Throws EFBIG if it has more than `largest` bytes.
  package func content(atMost largest: Int) throws(SystemFailure) -> [UInt8] {
    let size = try status().size
    guard size <= largest else { throw SystemFailure("read a file", .fileTooLarge) }
    return try content(at: 0, count: Int(size))
  }

  /// Gives the file to the owner of another one (fchown(2)). Only root can.
  package func setOwner(like other: FileDescriptor) throws(SystemFailure) {
    var status = Glibc.stat()
    try retrying("read the owner of a file") { fstat(other.rawValue, &status) }
    try retrying("set the owner of a file") { fchown(rawValue, status.st_uid, status.st_gid) }
  }

  /// Makes the content durable, with the metadata that reading it back needs (fdatasync(2)).
  package func syncData() throws(SystemFailure) {
    try retrying("sync a file") { fdatasync(rawValue) }
  }

  /// Drops the clean pages of the file from the page cache (posix_fadvise(2), POSIX_FADV_DONTNEED),
  /// so that the next reads come from the disk. After a failed write-back the cache differs from
  /// the disk.
  package func dropCache() { posix_fadvise(rawValue, 0, 0, POSIX_FADV_DONTNEED) }

  /// Starts write-back of a range and does not wait for it (sync_file_range(2)), so that a later
  /// `syncData` has little left to do. An error is reported by that `syncData`.
  package func startWriteback(at offset: Int64, count: Int) {
    _ = xfer_start_writeback(rawValue, off_t(offset), off_t(count))
  }

  /// Turns direct writes on or off (open(2), O_DIRECT). Direct writes bypass the page cache and
  /// need aligned memory, aligned offsets and whole sectors. Returns false if the file system
  /// refuses.
  package func setDirect(_ isDirect: Bool) -> Bool {
    xfer_set_direct(rawValue, isDirect ? 1 : 0) == 0
  }

  /// Reserves disk space for a range without changing the length of the file (fallocate(2)).
  /// Returns false if the file system cannot reserve; then a later write may fail with ENOSPC.
  package func reserve(at offset: Int64, count: Int64) throws(SystemFailure) -> Bool {
    do {
      try retrying("reserve disk space") { xfer_reserve(rawValue, off_t(offset), off_t(count)) }
      return true
    } catch  where error.errno == .notSupported || error.errno.rawValue == EOPNOTSUPP {
      return false
    }
  }

  /// Sets the length of the file (ftruncate(2)).
  package func truncate(to length: Int64) throws(SystemFailure) {
    try retrying("truncate a file") { ftruncate(rawValue, off_t(length)) }
  }
}
