import Glibc
import SystemPackage

extension Directory {
  /// Returns the bytes that an unprivileged user can still write to the file system of this
  /// directory (fstatvfs(3)).
  package func freeBytes() throws(SystemFailure) -> Int64 {
    var figures = statvfs()
    try retrying("read the free space") { fstatvfs(descriptor.rawValue, &figures) }
    return figures.freeBytes
  }
}

/// Returns the bytes that an unprivileged user can still write to the file system of `path`, and
/// all its bytes (statvfs(3)).
package func freeSpace(at path: String) throws(SystemFailure) -> (free: Int64, all: Int64) {
  var figures = statvfs()
  try retrying("read the free space") { statvfs(path, &figures) }
  return (figures.freeBytes, figures.bytes(of: figures.f_blocks))
}

extension statvfs {
  fileprivate var freeBytes: Int64 { bytes(of: f_bavail) }

  fileprivate func bytes(of blocks: some BinaryInteger) -> Int64 {
    let (bytes, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(
      by: Int64(clamping: f_frsize))
    return overflow ? .max : bytes
  }
}
