import CLinux
import Glibc
import SystemPackage

/// An open directory. Every path given to it is resolved below it, and through no symbolic link.
public struct Directory: Sendable {
  public let descriptor: FileDescriptor

  public init(descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Opens a directory by its path, as a person names it.
  public init(path: String) throws(SystemFailure) {
    let raw = try retrying("open the directory \"\(path)\"") {
      Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    descriptor = FileDescriptor(rawValue: raw)
  }

  public func openFile(_ path: String, _ flags: Int32, mode: mode_t = 0o640)
    throws(SystemFailure) -> FileDescriptor
  {
    FileDescriptor(
      rawValue: try retrying("open \"\(path)\"") {
        xfer_open_beneath(descriptor.rawValue, path, flags, mode)
      })
  }

  public func openDirectory(_ path: String) throws(SystemFailure) -> Directory {
    Directory(descriptor: try openFile(path, O_RDONLY | O_DIRECTORY))
  }

  /// Makes a directory of one component; false when it was there already.
  public func makeDirectory(_ name: String, mode: mode_t = 0o750) throws(SystemFailure) -> Bool {
    do {
      try retrying("make the directory \"\(name)\"") { mkdirat(descriptor.rawValue, name, mode) }
      return true
    } catch  where error.errno == .fileExists {
      return false
    }
  }

  /// Moves a file to a name that must be free; EEXIST where it is not (renameat2(2)). Where the file system
  /// knows no such rename, as NFS and some of FUSE, the file gets its new name beside the old one, which is
  /// removed then: a process that dies in between leaves both.
  public func renameWithoutReplacing(_ name: String, to target: Directory, as newName: String)
    throws(SystemFailure)
  {
    do {
      try retrying("publish \"\(newName)\"") {
        xfer_rename_noreplace(descriptor.rawValue, name, target.descriptor.rawValue, newName)
      }
    } catch  where Directory.notSupported.contains(error.errno) {
      try retrying("publish \"\(newName)\"") {
        linkat(descriptor.rawValue, name, target.descriptor.rawValue, newName, 0)
      }
      Failpoint.pass("recorder.linked")
      try remove(name)
    }
  }

  /// How a file system says that it cannot rename without replacing (renameat2(2)).
  private static let notSupported: Set<Errno> = [
    .invalidArgument, .noFunction, .notSupported, Errno(rawValue: EOPNOTSUPP),
  ]

  /// Gives a file in it another name; one that had that name is replaced at the same moment.
  public func rename(_ name: String, to newName: String) throws(SystemFailure) {
    try retrying("rename \"\(name)\"") {
      renameat(descriptor.rawValue, name, descriptor.rawValue, newName)
    }
  }

  public func remove(_ name: String) throws(SystemFailure) {
    try retrying("remove \"\(name)\"") { unlinkat(descriptor.rawValue, name, 0) }
  }

  /// Makes the directory's entries durable.
  public func sync() throws(SystemFailure) {
    try retrying("sync a directory") { fsync(descriptor.rawValue) }
  }

  /// Makes all that was written to this file system durable (syncfs(2)).
  public func syncFileSystem() throws(SystemFailure) {
    try retrying("sync the file system") { xfer_syncfs(descriptor.rawValue) }
  }

  /// The names in it, without `.` and `..`, in no order; and those that are not UTF-8, as far as
  /// they can be shown: they can be told, and not used.
  public func names() throws(SystemFailure) -> (names: [String], unusable: [String]) {
    let copy = try openFile(".", O_RDONLY | O_DIRECTORY)
    guard let stream = fdopendir(copy.rawValue) else {
      throw SystemFailure("list a directory", Errno(rawValue: errno))
    }
    defer { closedir(stream) }
    var (names, unusable) = ([String](), [String]())
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          (valid: String(validatingCString: $0), shown: String(cString: $0))
        }
      }
      if let valid = name.valid {
        if valid != "." && valid != ".." { names.append(valid) }
      } else {
        unusable.append(name.shown)
      }
    }
    return (names, unusable)
  }

  public func close() { try? descriptor.close() }
}
