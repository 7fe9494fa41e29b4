import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The directory that the receiver keeps everything in, and the states of a file in it.
///
///     state      what is on disk                      leaves by
///     absent     nothing                              offer accepted          -> arriving
///     arriving   incoming/ID                          all bytes in, checked   -> sealed
///     sealed     incoming/ID, content durable         recorder commits a row  -> recorded
///     recorded   incoming/ID and a row "recorded"     rename, no replacing    -> published
///     published  files/NAME and a row "completed"     the receipt is sent; done
///
/// A row that says "recorded" names the inode of its file, which is in `incoming/` until it has its name:
/// nobody removes it from there meanwhile, so that a file which is in neither place had its name, and was
/// moved away or removed by somebody.
///
/// `IncomingFile` makes the first two steps and belongs to a session; `PublishedFiles` makes the
/// last and belongs to the recorder, as does the row. Whatever process dies, this table says what
/// to do with what it left: a file in `incoming/` with a row is published, one without is kept.
public struct DataDirectory: Sendable {
  /// Nanoseconds to wait for the lock of another receiver.
  private static let lockPatience: Int64 = 3_000_000_000

  public let path: String
  public let incoming: Directory
  public let files: Directory
  /// By which the two are known again under their names.
  let identities: [FileIdentity]

  public var databasePath: String { path + "/history.sqlite" }

  /// Opens the directory and makes what is missing of it.
  public init(path: String) throws {
    self.path = path
    try DataDirectory.make(path)
    let root = try Directory(path: path)
    defer { root.close() }
    _ = try root.makeDirectory("incoming", mode: 0o700)
    _ = try root.makeDirectory("files", mode: 0o777)
    incoming = try root.openDirectory("incoming")
    files = try root.openDirectory("files")
    identities = try [incoming, files].map { try $0.descriptor.status().identity }
  }

  /// Makes the directory, and those above it that are missing.
  private static func make(_ path: String) throws {
    var above = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      above += above.isEmpty || above == "/" ? String(part) : "/\(part)"
      if mkdir(above, 0o750) != 0, errno != EEXIST {
        throw SystemFailure("make the directory \"\(above)\"", Errno(rawValue: errno))
      }
    }
  }

  /// Opens a data directory that must be there already, to be looked at.
  public init(reading path: String) throws {
    self.path = path
    let root = try Directory(path: path)
    defer { root.close() }
    incoming = try root.openDirectory("incoming")
    files = try root.openDirectory("files")
    identities = try [incoming, files].map { try $0.descriptor.status().identity }
  }

  /// Takes the directory for this receiver: two of them on one directory would publish over each
  /// other. The lock goes with the last process that holds the returned descriptor; those of a
  /// receiver that was killed may need a moment to go.
  public func lock() throws -> FileDescriptor {
    let root = try Directory(path: path)
    defer { root.close() }
    let file = try root.openFile("lock", O_RDWR | O_CREAT, mode: 0o600)
    let end = monotonicNanoseconds() + DataDirectory.lockPatience
    var isLocked = try file.tryLock()
    while !isLocked, monotonicNanoseconds() < end {
      usleep(20_000)
      isLocked = try file.tryLock()
    }
    guard isLocked else {
      try? file.close()
      throw UnusableDataDirectory(
        why: "another receiver works on \"\(path)\"; stop it, or give this one a --data of its own")
    }
    return file
  }
}

/// A data directory that the receiver must not start on, and what to do about it.
public struct UnusableDataDirectory: Error, CustomStringConvertible, Sendable {
  public let why: String
  public var description: String { why }
}
