import Glibc

/// The limit on open descriptors of this process and its children (getrlimit(2), RLIMIT_NOFILE).
package enum DescriptorLimit {
  /// Raises the soft limit to `wanted`, or to the hard limit if that is lower.
  package static func raise(to wanted: UInt) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(wanted)))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
