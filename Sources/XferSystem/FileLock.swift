import Glibc
import SystemPackage

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
