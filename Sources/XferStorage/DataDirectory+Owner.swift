import Glibc
import SystemPackage
import XferSystem

extension DataDirectory {
  /// True if a part of the directory belongs to another user than that of this process. Only root's
  /// capabilities give access to it then.
  package var isForeign: Bool {
    get throws(SystemFailure) {
      let root = try Directory(path: path)
      defer { root.close() }
      for name in [".", "incoming", "files", "history.sqlite", "lock"] {
        guard let status = try root.status(of: name) else { continue }
        if status.user != geteuid() { return true }
      }
      return false
    }
  }
}
