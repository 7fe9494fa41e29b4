import Glibc

/// The limits of one process (getrlimit(2)).
///
/// The number of processes is not among them, because the kernel counts it for the user and ignores
/// it for root: the filter of system calls forbids new processes. The size of files is not either,
/// because it would also count for a log on standard error.
package struct ResourceLimits: Sendable {
  /// Open descriptors (RLIMIT_NOFILE); nil for no change.
  package var descriptors: UInt?
  /// Bytes of private memory that can be written (RLIMIT_DATA); nil for no change.
  package var memory: UInt?

  /// Creates limits that change nothing but core files.
  package init(descriptors: UInt? = nil, memory: UInt? = nil) {
    self.descriptors = descriptors
    self.memory = memory
  }

  /// Applies the limits. A core file is never written, because it would contain what clients sent.
  func apply() throws(SystemFailure) {
    try ResourceLimits.lower(RLIMIT_CORE, to: 0)
    if let descriptors { try ResourceLimits.lower(RLIMIT_NOFILE, to: descriptors) }
    if let memory { try ResourceLimits.lower(RLIMIT_DATA, to: memory) }
  }

  private static func lower(_ kind: __rlimit_resource, to most: UInt) throws(SystemFailure) {
    let kind = __rlimit_resource_t(kind.rawValue)
    var limit = rlimit()
    try retrying("read a limit") { getrlimit(kind, &limit) }
    limit.rlim_max = min(limit.rlim_max, rlim_t(most))
    limit.rlim_cur = min(limit.rlim_cur, limit.rlim_max)
    try retrying("set a limit") { setrlimit(kind, &limit) }
  }
}
