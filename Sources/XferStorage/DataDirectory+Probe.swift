import Glibc
import SystemPackage
import XferProtocol
import XferSystem

extension DataDirectory {
  /// The name of the probe, which no delivery may have; consumers of `files/` can leave it out.
  static let probeName = ".xferd-probe"

  /// True for the name of the probe and for every name below it, which would take the probe's.
  static func isProbe(_ name: FileName) -> Bool {
    name.components.first.map { $0.utf8.elementsEqual(probeName.utf8) } ?? false
  }

  /// What a file system or its rights say that waiting does not mend.
  private static let lasting: Set<Errno> = [
    .improperLink, .notPermitted, .permissionDenied, .readOnlyFileSystem, .invalidArgument,
    .noFunction, .notSupported, Errno(rawValue: EOPNOTSUPP),
  ]

  /// Does with a small file what publishing does with a delivery, by the very calls: creates and locks it,
  /// reserves room, writes, syncs, renames it without replacing and syncs the directories. Throws
  /// `UnusableDataDirectory`, which says what cannot be done and what to change. What may pass, as a full disk or too
  /// many open files, is thrown as it is.
  /// Only for the process that holds the lock of the directory, or its recorder.
  public func probe() throws {
    try checkPlace()
    removeProbe()  // that of a receiver that was killed
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

  /// A name that is taken shows as well that nothing is replaced: a directory of an earlier time may have it.
  private func renameProbe(_ name: String) throws {
    do {
      try incoming.renameWithoutReplacing(name, to: files, as: name)
      try files.remove(name)
    } catch let failure as SystemFailure where failure.errno == .fileExists {
      try incoming.remove(name)
    }
  }

  private func removeProbe() {
    for directory in [incoming, files] { try? directory.remove(DataDirectory.probeName) }
  }

  private func advice(_ error: any Error) -> String {
    switch (error as? SystemFailure)?.errno {
    case .improperLink:
      "; \"incoming\" and \"files\" are two mounts, and files are published by renaming: mount their"
        + " common directory instead"
    case .permissionDenied, .notPermitted:
      "; give the directory and all that is in it to the user that xferd runs as"
    case .readOnlyFileSystem: "; mount its file system for writing"
    default: "; choose a --data on a file system that can do this"
    }
  }

  /// Throws `UnusableDataDirectory` where a directory that this receiver has open is not under its name any more.
  public func checkPlace() throws {
    for (name, identity) in zip(["incoming", "files"], identities) {
      if try FileStatus.of(path: "\(path)/\(name)")?.identity != identity {
        throw UnusableDataDirectory(
          why: "\"\(path)/\(name)\" was moved or replaced while the receiver runs; restart it"
            + " (move what is in \"files\", not the directory)")
      }
    }
  }
}
