import Glibc
import SystemPackage
import XferProtocol
import XferSystem

// The probe: a small file that is published as a delivery is, to show that this is possible.
extension DataDirectory {
  /// The name of the probe file. No delivery may have it, so that programs which read `files/` can
  /// ignore it.
  static let probeName = ".xferd-probe"

  /// Returns true for the name of the probe file and for every name below it, which would need a
  /// directory of that name.
  static func isProbe(_ name: FileName) -> Bool {
    name.components.first.map { $0.utf8.elementsEqual(probeName.utf8) } ?? false
  }

  /// The errors that stay until an operator changes the file system or its permissions.
  private static let lasting: Set<Errno> = [
    .improperLink, .notPermitted, .permissionDenied, .readOnlyFileSystem, .invalidArgument,
    .noFunction, .notSupported, Errno(rawValue: EOPNOTSUPP),
  ]

  /// Publishes a small file and removes it, with the same system calls as a delivery: creates and
  /// locks it, reserves disk space, writes, syncs, renames without replacing, syncs the
  /// directories.
  ///
  /// Only the process that holds the lock of the directory, or its recorder, may call it. Throws
  /// `UnusableDataDirectory` with the remedy if a step is impossible. An error that may pass, such
  /// as a full disk or too many open files, is thrown unchanged.
  package func probe() throws {
    try checkPlace()
    removeProbe()  // a receiver that was killed may have left one
    do {
      try publishProbe(DataDirectory.probeName)
    } catch {
      removeProbe()
      guard let failure = error as? SystemFailure, DataDirectory.lasting.contains(failure.errno)
      else { throw error }
      throw UnusableDataDirectory(why: "\"\(path)\" cannot be used: \(error)\(advice(error))")
    }
  }

  private func publishProbe(_ name: String) throws {
    guard
      let (file, _) = try incoming.openLocked(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    else { throw SystemFailure("lock a new file", .wouldBlock) }
    defer { try? file.close() }
    _ = try file.reserve(at: 0, count: 4096)
    try [UInt8]("probe".utf8).withUnsafeBytes { try file.writeAll($0, at: 0) }
    try file.syncData()
    try incoming.sync()
    try renameProbe(name)
    try files.sync()
  }

  /// Succeeds also if the name is taken, because that shows that the rename replaces nothing. A
  /// directory may have the name since before it was reserved.
  private func renameProbe(_ name: String) throws {
    do {
      try incoming.renameWithoutReplacing(name, to: files, as: name)
      try files.remove(name)
    } catch let failure where failure.errno == .fileExists {
      try incoming.remove(name)
    }
  }

  private func removeProbe() {
    for directory in [incoming, files] { try? directory.remove(DataDirectory.probeName) }
  }

  private func advice(_ error: any Error) -> String {
    switch (error as? SystemFailure)?.errno {
    case .improperLink:
      "; \"incoming\" and \"files\" are two mounts, and files are published by a rename:"
        + " mount their common directory instead"
    case .permissionDenied, .notPermitted:
      "; make the user that xferd runs as the owner of the directory and of its content"
    case .readOnlyFileSystem: "; mount its file system for writing"
    default: "; choose a --data on a file system that can do this"
    }
  }

  /// Throws `UnusableDataDirectory` if a directory that this receiver has open is no longer under
  /// its name.
  package func checkPlace() throws {
    for (name, identity) in zip(["incoming", "files"], identities) {
      if try FileStatus.of(path: "\(path)/\(name)")?.identity != identity {
        throw UnusableDataDirectory(
          why: "\"\(path)/\(name)\" was moved or replaced while the receiver runs; restart it"
            + " (move the content of \"files\", not the directory)")
      }
    }
  }
}
