import CLinux
import Glibc
import SystemPackage

extension FileDescriptor {
  /// Writes all of it at the offset, whatever each call takes.
  public func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      let count = try retrying("write") {
        Glibc.pwrite(rawValue, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
      }
      if count == 0 { throw SystemFailure("write", .ioError) }
      done += count
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

  /// Makes the next reads come from the disk, as far as the content is written back: what the cache holds after a
  /// failed write-back is not what is on the disk (posix_fadvise(2), POSIX_FADV_DONTNEED).
  public func dropCache() { posix_fadvise(rawValue, 0, 0, POSIX_FADV_DONTNEED) }

  /// Starts to write a range back to the disk, so that a later `syncData` has little left to do.
  public func startWriteback(at offset: Int64, count: Int) {
    _ = xfer_start_writeback(rawValue, off_t(offset), off_t(count))
  }

  /// Whether writes go around the page cache: from aligned memory to aligned offsets, in whole sectors
  /// (open(2), O_DIRECT). False where the file system cannot.
  public func setDirect(_ isDirect: Bool) -> Bool {
    xfer_set_direct(rawValue, isDirect ? 1 : 0) == 0
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
