import Glibc
import SystemPackage

extension Directory {
  /// Bytes that an ordinary user may still write to the file system of this directory.
  public func freeBytes() throws(SystemFailure) -> Int64 {
    var figures = statvfs()
    try retrying("ask for the free space") { fstatvfs(descriptor.rawValue, &figures) }
    return figures.freeBytes
  }
}

/// The same of the file system that a path is on, and all bytes of it.
public func room(at path: String) throws(SystemFailure) -> (free: Int64, all: Int64) {
  var figures = statvfs()
  try retrying("ask for the free space") { statvfs(path, &figures) }
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

extension Directory {
  /// The process that holds the lock of a file (proc_locks(5)); nil where none does, or where it
  /// cannot be told.
  public func lockHolder(of name: String) -> pid_t? {
    guard let inode = try? status(of: name)?.identity.inode, let list = fopen("/proc/locks", "r")
    else {
      return nil
    }
    defer { fclose(list) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, list) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let fields = text.split(separator: " ")
      // "1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF"; one that waits has "->" behind the number.
      guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(inode)") else {
        continue
      }
      return pid_t(fields[4])
    }
    return nil
  }
}
