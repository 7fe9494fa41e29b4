/// The exit status of a process of the receiver, which the supervisor reads when it reaps the
/// process. The numbers are from sysexits(3) if it has one.
package enum RoleExit: Int32, Sendable {
  /// The process completed its task.
  case done = 0
  /// The peer disconnected, was too slow, or broke the protocol. The process has logged it.
  case peerFailed = 1
  /// The process failed and has logged the reason. A restart may help.
  case failed = 70
  /// The process cannot work until an operator changes something. It has logged what to change.
  case unusable = 78
}
