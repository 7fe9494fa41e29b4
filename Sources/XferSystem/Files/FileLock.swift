import Glibc
import SystemPackage

extension Directory {
  /// Opens a file, locks it and reads its status. Returns nil while another process holds the lock.
  ///
  /// The returned file has this name: if the file was renamed between opening and locking, it is
  /// released and the name is opened again.
  package func openLocked(_ name: String, _ flags: Int32, mode: mode_t = 0o640)
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
  /// Locks the open file for this process and the children that inherit it (flock(2)). Returns
  /// false if another process holds the lock. The lock is released when the last shared descriptor
  /// closes.
  package func tryLock() throws(SystemFailure) -> Bool {
    do {
      try retrying("lock a file") { flock(rawValue, LOCK_EX | LOCK_NB) }
      return true
    } catch  where error.errno == .wouldBlock {
      return false
    }
  }
}

extension Directory {
  /// Returns the process that holds the lock of the file (proc_locks(5)). Returns nil if no process
  /// holds it, or if /proc/locks does not show it.
  package func lockHolder(of name: String) -> pid_t? {
    guard let inode = try? status(of: name)?.identity.inode, let list = fopen("/proc/locks", "r")
    else { return nil }
    defer { fclose(list) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, list) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if let holder = Directory.lockHolder(inode, in: text) { return holder }
    }
    return nil
  }

  /// Parses a line such as "1: FLOCK  ADVISORY  WRITE 4242 fe:00:131 0 EOF". The line of a waiting
  /// process has "->" behind the number and is skipped.
  private static func lockHolder(_ inode: UInt64, in line: String) -> pid_t? {
    let fields = line.split(separator: " ")
    guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(inode)") else {
      return nil
    }
    return pid_t(fields[4])
  }
}
