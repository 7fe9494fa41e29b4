import Glibc

/// How many descriptors this process and its children may hold (getrlimit(2)).
public enum DescriptorLimit {
  /// Raises the limit as far as an ordinary user may, but not beyond what is of use.
  public static func raise(to wanted: UInt) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(wanted)))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
