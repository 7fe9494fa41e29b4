import Glibc
import SystemPackage
import XferSystem

/// The receiver that runs on a data directory.
struct RunningReceiver {
  /// The process that holds the lock of the directory: the supervisor.
  private let pid: pid_t

  /// Returns nil if no receiver runs on the directory, or if this process cannot see it, as from
  /// another container.
  init?(_ data: String) throws {
    let root = try Directory(path: data)
    defer { root.close() }
    guard let lock = try root.status(of: "lock"), let pid = root.lockHolder(of: "lock"),
      RunningReceiver.hasOpen(lock, pid)
    else { return nil }
    self.pid = pid
  }

  /// True if the process has this file open. /proc/locks shows inodes, which two file systems may
  /// both have.
  private static func hasOpen(_ file: FileStatus, _ pid: pid_t) -> Bool {
    let names = (try? Directory(path: "/proc/\(pid)/fd").names().names) ?? []
    return names.contains { name in
      guard let open = try? FileStatus.of(path: "/proc/\(pid)/fd/\(name)") else { return false }
      return open.identity == file.identity && open.device == file.device
    }
  }

  /// Makes the receiver read its certificate and its list of clients again, as SIGHUP does, also if
  /// it ignores SIGHUP.
  func reload() throws {
    try retrying("signal the receiver, process \(pid)") { kill(pid, SIGUSR2) }
  }
}
