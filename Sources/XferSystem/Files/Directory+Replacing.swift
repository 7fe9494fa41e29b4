import CLinux
import Glibc
import SystemPackage

extension Directory {
  /// Replaces a file by one with this content, whole or not at all: the content is written under the
  /// name `NAME.new`, synced, and renamed. Throws a `SystemFailure`. The caller must keep others from doing the same.
  ///
  /// If this process is root, the file belongs to the owner of the directory, so that the process
  /// which runs as that user can read it.
  package func replaceFile(_ name: String, by content: [UInt8], mode: mode_t)
    throws
  {
    let fresh = name + ".new"
    if try status(of: fresh) != nil { try remove(fresh) }
    let file = try openFile(fresh, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    defer { try? file.close() }
    if geteuid() == 0 { try file.give(toOwnerOf: descriptor) }
    do {
      try content.withUnsafeBytes { try file.writeAll($0, at: 0) }
      try file.syncData()
      try rename(fresh, to: name)
    } catch {
      try? remove(fresh)
      throw error
    }
    try sync()
  }
}

extension FileDescriptor {
  /// Gives the file to the user and the group that own another one (fchown(2)).
  fileprivate func give(toOwnerOf other: FileDescriptor) throws(SystemFailure) {
    var status = Glibc.stat()
    try retrying("read the owner of a directory") { fstat(other.rawValue, &status) }
    try retrying("change the owner of a file") {
      fchown(rawValue, status.st_uid, status.st_gid)
    }
  }
}
