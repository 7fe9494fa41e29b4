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
      try link(name, to: target, as: newName)
      Failpoint.pass("recorder.linked")
      // It has its name. The other one goes now, or when the recorder next looks for such files.
      try? remove(name)
    }
  }

  /// A network file system may carry out a link and answer that the name is taken, as it was asked twice.
  private func link(_ name: String, to target: Directory, as newName: String) throws(SystemFailure)
  {
    do {
      try retrying("publish \"\(newName)\"") {
        linkat(descriptor.rawValue, name, target.descriptor.rawValue, newName, 0)
      }
    } catch  where error.errno == .fileExists {
      guard let own = try status(of: name), let there = try target.status(of: newName),
        own.identity == there.identity, own.device == there.device
      else { throw error }
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

  /// What was found in a directory.
  public struct Listing: Sendable {
    /// The names in it, without `.` and `..`, in no order.
    public var names: [String] = []
    /// Those that are not UTF-8, as far as they can be shown: they can be told, and not used.
    public var unusable: [String] = []
    /// Why the directory could not be read to its end; nil where all of it is here.
    public var trouble: SystemFailure?
  }

  /// All names in it. Throws where it cannot be read to its end.
  public func names() throws(SystemFailure) -> Listing {
    let listing = try listing()
    if let trouble = listing.trouble { throw trouble }
    return listing
  }

  /// The names in it, as far as it can be read: for a caller that can do something with a part, and says
  /// that it is one. Throws where it cannot be opened.
  public func listing() throws(SystemFailure) -> Listing {
    let copy = try openFile(".", O_RDONLY | O_DIRECTORY)
    guard let stream = fdopendir(copy.rawValue) else {
      let code = Errno(rawValue: errno)
      try? copy.close()
      throw SystemFailure("list a directory", code)
    }
    defer { closedir(stream) }
    var listing = Listing()
    do {
      while let name = try Directory.nextName(stream) { listing.add(name) }
    } catch {
      listing.trouble = error
    }
    return listing
  }

  /// The bytes of the next name; nil at the end. The end and an error are one value of readdir(3): only
  /// errno tells them apart.
  private static func nextName(_ stream: OpaquePointer) throws(SystemFailure) -> [UInt8]? {
    errno = 0
    guard let entry = readdir(stream) else {
      let code = errno
      if code == 0 { return nil }
      throw SystemFailure("list a directory to its end", Errno(rawValue: code))
    }
    return withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
  }

  public func close() { try? descriptor.close() }
}

extension Directory.Listing {
  fileprivate mutating func add(_ name: [UInt8]) {
    guard let text = String(validating: name, as: UTF8.self) else {
      return unusable.append(String(decoding: name, as: UTF8.self))
    }
    if text != "." && text != ".." { names.append(text) }
  }
}
