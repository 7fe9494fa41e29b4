import Glibc
import SystemPackage

/// A directory with small text files that programs replace as a whole and people may edit.
///
/// A new file belongs to the owner of the directory, so that a command that root runs does not take
/// the files away from a receiver of another user.
package struct PrivateDirectory: Sendable {
  /// The largest text in bytes. A list of 100,000 clients has about 12 MB.
  private static let largest = 64 << 20

  private let path: String
  private let directory: Directory

  /// Opens a directory. It is created with mode 0700 if it is missing, and belongs to the owner of
  /// the directory above it, which must exist.
  package init(creating path: String) throws {
    let isNew = mkdir(path, 0o700) == 0
    if !isNew, errno != EEXIST {
      throw SystemFailure("make the directory \"\(path)\"", Errno(rawValue: errno))
    }
    try self.init(path)
    guard isNew, geteuid() == 0 else { return }
    let above = try Directory(path: FilePath(path).pushing("..").string)
    defer { above.close() }
    try descriptor.setOwner(like: above.descriptor)
  }

  /// Opens an existing directory.
  package init(_ path: String) throws {
    self.path = path
    directory = try Directory(path: path)
  }

  /// Closes the directory. A process that lives long does so, because it opens one at each reload.
  package func close() { directory.close() }

  /// The open directory.
  package var descriptor: FileDescriptor { directory.descriptor }

  /// The path of a file, for messages.
  package func path(of name: String) -> String { "\(path)/\(name)" }

  /// Returns the text of a file; nil if there is none. Throws `UnusableFile` if it is not UTF-8.
  package func text(of name: String) throws -> String? {
    guard let file = try open(name) else { return nil }
    defer { try? file.close() }
    guard
      let text = String(
        validating: try file.content(atMost: PrivateDirectory.largest), as: UTF8.self)
    else { throw UnusableFile(path(of: name), why: "it is not text in UTF-8") }
    return text
  }

  /// Returns the status of a file; nil if there is none.
  package func status(of name: String) throws(SystemFailure) -> FileStatus? {
    try directory.status(of: name)
  }

  /// Opens a file for reading; nil if there is none.
  package func open(_ name: String) throws(SystemFailure) -> FileDescriptor? {
    do {
      return try directory.openFile(name, O_RDONLY)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return nil
    }
  }

  /// Creates a file. Returns false if the name exists already.
  package func create(_ name: String, text: String, mode: mode_t) throws -> Bool {
    let temporary = try write(Array(text.utf8), near: name, mode: mode)
    defer { try? directory.remove(temporary) }
    guard try directory.linkWithoutReplacing(temporary, as: name) else { return false }
    try directory.sync()
    return true
  }

  /// Replaces a file, which may not exist, by one with these bytes. A reader sees the former file
  /// or the new one, and so does a receiver after a loss of power.
  package func replace(_ name: String, by bytes: [UInt8], mode: mode_t) throws {
    try rename(try write(bytes, near: name, mode: mode), to: name)
    try directory.sync()
  }

  /// Replaces a file like `replace`, without a sync. After a loss of power the file may be the
  /// former one, or empty.
  package func replaceLazily(_ name: String, by bytes: [UInt8], mode: mode_t) throws {
    try rename(try write(bytes, near: name, mode: mode) { _ in }, to: name)
  }

  /// Runs `body` while no other program that uses this function for `name` does. Waits for the
  /// others, and throws `UnusableFile`, which is busy, if one of them takes longer than `patience`.
  package func exclusively<Value>(
    _ name: String, patience: Duration = .seconds(5), _ body: () throws -> Value
  ) throws -> Value {
    let lock = try directory.openFile(".\(name).lock", O_RDWR | O_CREAT, mode: 0o600)
    defer { try? lock.close() }
    own(lock)
    let end = MonotonicTime.now + patience
    while try !lock.tryLock() {
      guard .now < end else {
        throw UnusableFile.busy(path(of: name))
      }
      usleep(10_000)
    }
    return try body()
  }

  /// Gives a temporary file its name.
  private func rename(_ temporary: String, to name: String) throws {
    do {
      try directory.rename(temporary, to: name)
    } catch {
      try? directory.remove(temporary)
      throw error
    }
  }

  /// Writes the bytes to a temporary file, which `finish` makes durable, and returns its name.
  private func write(
    _ bytes: [UInt8], near name: String, mode: mode_t,
    finish: (FileDescriptor) throws -> Void = { try $0.syncData() }
  ) throws -> String {
    let temporary = ".\(name).\(getpid()).\(UInt32.random(in: .min ... .max))"
    let file = try directory.openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    defer { try? file.close() }
    do {
      own(file)
      try bytes.withUnsafeBytes { try file.writeAll($0, at: 0) }
      try finish(file)
    } catch {
      try? directory.remove(temporary)
      throw error
    }
    return temporary
  }

  /// Gives a new file to the owner of the directory. Only root can; for any other user both are the
  /// same. A receiver that runs as root without the capability for it can read its own files.
  private func own(_ file: FileDescriptor) {
    guard geteuid() == 0 else { return }
    try? file.setOwner(like: directory.descriptor)
  }
}
