import CLinux
import Glibc
import SystemPackage

/// A user of this machine (getpwnam(3)).
package struct User: Sendable {
  /// The number of the user.
  package let id: uid_t
  private let group: gid_t
  private let name: String

  /// Returns nil if there is no user of this name.
  package init?(named name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.name = name
    id = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
  }

  /// Makes this process one of the user, with the user's groups, and without a way back
  /// (setgroups(2), setgid(2), setuid(2)). The process must be root's and have one thread.
  package func become() throws(SystemFailure) {
    let action = "become the user \"\(name)\""
    try retrying(action) { initgroups(name, group) }
    try retrying(action) { setgid(group) }
    try retrying(action) { setuid(id) }
    // After a change of the user, /proc/self belongs to root (proc(5)).
    try retrying(action) { xfer_be_inspectable() }
  }
}

/// Gives up, for this process and all its children: new privileges by execve(2), capabilities, core
/// files, and abstract sockets of other programs.
///
/// `keepingAccessToFiles` keeps the capabilities by which root uses files of other users:
/// CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER.
package func giveUpPrivileges(keepingAccessToFiles isKept: Bool) throws(SystemFailure) {
  try ResourceLimits().apply()
  try retrying("give up new privileges") { xfer_forgo_privileges() }
  try retrying("give up capabilities") { xfer_keep_capabilities(isKept ? 0b1110 : 0) }
  try Landlock.confineAbstractSockets()
}
