import CLinux
import Glibc
import SystemPackage

extension Directory {
  /// Renames a file to a name that must be free. Throws EEXIST if the name is taken (renameat2(2)).
  ///
  /// NFS and some FUSE file systems do not support RENAME_NOREPLACE. There the file is linked to
  /// its new name and the old name is removed. A process that dies in between leaves both names.
  package func renameWithoutReplacing(_ name: String, to target: Directory, as newName: String)
    throws(SystemFailure)
  {
    do {
      try retrying("publish \"\(newName)\"") {
        name.withPath { name in
          newName.withPath {
            xfer_rename_noreplace(descriptor.rawValue, name, target.descriptor.rawValue, $0)
          }
        }
      }
    } catch  where Directory.notSupported.contains(error.errno) {
      try link(name, to: target, as: newName)
      Failpoint.pass("recorder.linked")
      // The file is published. If the remove fails, the recorder's next round over incoming/
      // removes the old name.
      try? remove(name)
    }
  }

  /// Links a file to a new name. EEXIST is ignored if the new name is this very file: a network
  /// file system may receive the request twice and report the second one.
  private func link(_ name: String, to target: Directory, as newName: String) throws(SystemFailure)
  {
    do {
      try retrying("publish \"\(newName)\"") {
        name.withPath { name in
          newName.withPath {
            linkat(descriptor.rawValue, name, target.descriptor.rawValue, $0, 0)
          }
        }
      }
    } catch  where error.errno == .fileExists {
      guard let own = try status(of: name), let there = try target.status(of: newName),
        own.identity == there.identity, own.device == there.device
      else { throw error }
    }
  }

  /// The errors of a file system that does not support RENAME_NOREPLACE (renameat2(2)).
  private static let notSupported: Set<Errno> = [
    .invalidArgument, .noFunction, .notSupported, Errno(rawValue: EOPNOTSUPP),
  ]
}
