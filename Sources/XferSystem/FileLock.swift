import Glibc
import SystemPackage

extension Directory {
  /// Opens a file and takes its lock, and tells what it is then; nil while another holds it. It is the one
  /// under this name: one that was renamed between the two steps is let go of again.
  public func openLocked(_ name: String, _ flags: Int32, mode: mode_t = 0o640)
    throws(SystemFailure) -> (file: FileDescriptor, status: FileStatus)?
  {
    while true {
      let file = try openFile(name, flags, mode: mode)
      do {
        guard try file.tryLock() else {
          try? file.close()
          return nil
        }
        let status = try file.status()
        if try self.status(of: name)?.identity == status.identity { return (file, status) }
      } catch {
        try? file.close()
        throw error
      }
      try? file.close()
    }
  }
}

extension FileDescriptor {
  /// Takes the lock of an open file for this process and the children that inherit it (flock(2));
  /// false when another holds it. It goes with the last descriptor that shares it.
  public func tryLock() throws(SystemFailure) -> Bool {
    do {
      try retrying("lock a file") { flock(rawValue, LOCK_EX | LOCK_NB) }
      return true
    } catch  where error.errno == .wouldBlock {
      return false
    }
  }
}
