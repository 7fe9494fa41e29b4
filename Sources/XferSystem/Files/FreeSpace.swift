import Glibc
import SystemPackage

extension Directory {
  /// Returns the bytes that an unprivileged user can still write to the file system of this
  /// directory (fstatvfs(3)).
  public func freeBytes() throws(SystemFailure) -> Int64 {
    var figures = statvfs()
    try retrying("read the free space") { fstatvfs(descriptor.rawValue, &figures) }
    return figures.freeBytes
  }
}

/// Returns the bytes that an unprivileged user can still write to the file system of `path`
/// (statvfs(3)).
public func freeBytes(at path: String) throws(SystemFailure) -> Int64 {
  var figures = statvfs()
  try retrying("read the free space") { statvfs(path, &figures) }
  return figures.freeBytes
}

extension statvfs {
  fileprivate var freeBytes: Int64 {
    let (bytes, overflow) = Int64(clamping: f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: f_frsize))
    return overflow ? .max : bytes
  }
}
