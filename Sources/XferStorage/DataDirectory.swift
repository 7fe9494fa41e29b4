import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The directory in which the receiver keeps all its data, and the states of a file in it.
///
///     state      what is on disk                    leaves by
///     absent     nothing                            offer accepted                 -> arriving
///     arriving   incoming/ID                        all bytes received, verified   -> sealed
///     sealed     incoming/ID, content verified      content synced, row committed  -> recorded
///     recorded   incoming/ID and a row "recorded"   rename that replaces nothing   -> published
///     published  files/NAME and a row "completed"   the receipt is sent; done
///
/// The session syncs a sealed file that is large (`SessionOptions.ownSync`). The recorder syncs the
/// others before it commits their rows.
///
/// A row that says "recorded" names the inode of its file. The file is in `incoming/` until it is
/// renamed, and no process removes it from there before. A file that is in neither place has
/// therefore been published, and another program has moved or removed it since.
///
/// A session makes the first two steps, with `IncomingFile`. The recorder makes the others, the
/// rename with `PublishedFiles`. The table also decides recovery after a process died: a file in
/// `incoming/` that has a row is published, and one without a row is kept to be resumed.
package struct DataDirectory: Sendable {
  /// The time to wait for the lock of another receiver.
  private static let lockPatience = Duration.seconds(3)

  /// The path that the receiver was started with.
  package let path: String
  /// `incoming/`, which holds partial and sealed files.
  package let incoming: Directory
  /// `files/`, which holds the published files.
  package let files: Directory
  /// The inodes of `incoming/` and `files/`, in this order.
  let identities: [FileIdentity]

  /// The path of the history.
  package var databasePath: String { path + "/history.sqlite" }

  /// The paths of the files of the history: the database, its log, and the index of the log
  /// (https://sqlite.org/walformat.html). The last two exist while the recorder has it open.
  package var historyFiles: [String] { ["", "-wal", "-shm"].map { databasePath + $0 } }

  /// Opens the directory and creates the parts of it that are missing.
  package init(path: String) throws {
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

  /// Creates the directory and its missing ancestors.
  private static func make(_ path: String) throws {
    var above = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      above += above.isEmpty || above == "/" ? String(part) : "/\(part)"
      if mkdir(above, 0o750) != 0, errno != EEXIST {
        throw SystemFailure("make the directory \"\(above)\"", Errno(rawValue: errno))
      }
    }
  }

  /// Opens an existing data directory for reading. Throws if a part of it is missing.
  package init(reading path: String) throws {
    self.path = path
    let root = try Directory(path: path)
    defer { root.close() }
    incoming = try root.openDirectory("incoming")
    files = try root.openDirectory("files")
    identities = try [incoming, files].map { try $0.descriptor.status().identity }
  }

  /// Locks the directory for this receiver, because two receivers on one directory would spoil each
  /// other's files. Returns the descriptor that holds the lock.
  ///
  /// The kernel releases the lock when the last process that holds the descriptor has ended. The
  /// processes of a receiver that was killed may need a moment to end, so that the call waits for
  /// the lock. Throws `UnusableDataDirectory` if another receiver keeps it.
  package func lock() throws -> FileDescriptor {
    let root = try Directory(path: path)
    defer { root.close() }
    let file = try root.openFile("lock", O_RDWR | O_CREAT, mode: 0o600)
    let end = MonotonicTime.now + DataDirectory.lockPatience
    var isLocked = try file.tryLock()
    while !isLocked, .now < end {
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

/// An error of a data directory that the receiver must not use, with the remedy.
package struct UnusableDataDirectory: Error, CustomStringConvertible, Sendable {
  /// The reason, and what to do about it.
  package let why: String
  /// `why` is the reason, and what to do about it.
  package init(why: String) { self.why = why }

  /// The reason, in words for the log.
  package var description: String { why }
}
