/// The status with which a process of the receiver ends: what it tells the supervisor, which reads
/// it when it reaps. The numbers are those of sysexits(3) where it has one.
public enum RoleExit: Int32, Sendable {
  /// It did what it was there for.
  case done = 0
  /// The peer broke off, was too slow, or did not keep to the protocol; it has been logged.
  case peerFailed = 1
  /// A fault of this process; it has been logged. A new one may fare better.
  case failed = 70
  /// It cannot work until a person changes something; it has said what.
  case unusable = 78
}
