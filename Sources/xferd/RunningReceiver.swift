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
    guard let pid = root.lockHolder(of: "lock") else { return nil }
    self.pid = pid
  }

  /// Makes the receiver read its certificate and its list of clients again, as SIGHUP does, also if
  /// it ignores SIGHUP.
  func reload() throws {
    try retrying("signal the receiver, process \(pid)") { kill(pid, SIGUSR2) }
  }
}
