import CLinux
import Glibc
import SystemPackage

/// An open directory. Paths are resolved beneath it and never through a symbolic link (openat2(2)).
package struct Directory: Sendable {
  /// The open directory. The caller closes it with `close`.
  package let descriptor: FileDescriptor

  /// Wraps a descriptor that was opened elsewhere.
  package init(descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Opens the directory at `path` and follows symbolic links, because an operator chose this path.
  package init(path: String) throws(SystemFailure) {
    let raw = try retrying("open the directory \"\(path)\"") {
      path.withPath { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }
    descriptor = FileDescriptor(rawValue: raw)
  }

  /// Opens a file. `flags` are those of open(2); the descriptor is close-on-exec.
  package func openFile(_ path: String, _ flags: Int32, mode: mode_t = 0o640)
    throws(SystemFailure) -> FileDescriptor
  {
    FileDescriptor(
      rawValue: try retrying("open \"\(path)\"") {
        path.withPath { xfer_open_beneath(descriptor.rawValue, $0, flags, mode) }
      })
  }

  /// Opens a directory.
  package func openDirectory(_ path: String) throws(SystemFailure) -> Directory {
    Directory(descriptor: try openFile(path, O_RDONLY | O_DIRECTORY))
  }

  /// Creates a directory directly in this one. Returns false if the name exists already.
  package func makeDirectory(_ name: String, mode: mode_t = 0o750) throws(SystemFailure) -> Bool {
    do {
      try retrying("create the directory \"\(name)\"") {
        name.withPath { mkdirat(descriptor.rawValue, $0, mode) }
      }
      return true
    } catch  where error.errno == .fileExists {
      return false
    }
  }

  /// Renames a file within this directory. A file that has the new name is replaced atomically.
  package func rename(_ name: String, to newName: String) throws(SystemFailure) {
    try retrying("rename \"\(name)\"") {
      name.withPath { name in
        newName.withPath { renameat(descriptor.rawValue, name, descriptor.rawValue, $0) }
      }
    }
  }

  /// Gives a file one more name in this directory (linkat(2)). Returns false if the name exists.
  package func linkWithoutReplacing(_ name: String, as newName: String) throws(SystemFailure)
    -> Bool
  {
    do {
      try retrying("create \"\(newName)\"") {
        name.withPath { name in
          newName.withPath { linkat(descriptor.rawValue, name, descriptor.rawValue, $0, 0) }
        }
      }
      return true
    } catch {
      guard error.errno == .fileExists else { throw error }
      return false
    }
  }

  /// Removes a file (unlinkat(2)).
  package func remove(_ name: String) throws(SystemFailure) {
    try retrying("remove \"\(name)\"") {
      name.withPath { unlinkat(descriptor.rawValue, $0, 0) }
    }
  }

  /// Makes the entries of the directory durable (fsync(2)).
  package func sync() throws(SystemFailure) {
    try retrying("sync a directory") { fsync(descriptor.rawValue) }
  }

  /// Makes everything that was written to this file system durable (syncfs(2)).
  package func syncFileSystem() throws(SystemFailure) {
    try retrying("sync the file system") { xfer_syncfs(descriptor.rawValue) }
  }

  /// Closes the descriptor.
  package func close() { try? descriptor.close() }
}
