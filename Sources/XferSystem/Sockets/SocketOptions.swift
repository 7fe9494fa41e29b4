import Glibc
import SystemPackage

extension FileDescriptor {
  /// Sets an integer option (setsockopt(2)).
  func setOption(_ name: Int32, level: Int32, to value: Int32) throws(SystemFailure) {
    var value = value
    try retrying("set a socket option") {
      setsockopt(rawValue, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  /// Sets or clears O_NONBLOCK.
  package func setNonBlocking(_ on: Bool) throws(SystemFailure) {
    let flags = try retrying("read a descriptor's flags") { fcntl(rawValue, F_GETFL) }
    let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
    try retrying("set a descriptor's flags") { fcntl(rawValue, F_SETFL, wanted) }
  }

  /// Closes the descriptor in programs that this process starts (fcntl(2), FD_CLOEXEC).
  func closeOnExecution() throws(SystemFailure) {
    try retrying("set a descriptor's flags") { fcntl(rawValue, F_SETFD, FD_CLOEXEC) }
  }

  /// Sends small messages at once instead of waiting for more (TCP_NODELAY; Nagle, RFC 896).
  package func sendWithoutDelay() throws(SystemFailure) {
    try setOption(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1)
  }

  /// Makes the kernel probe a silent peer after one minute and close the connection after another
  /// 90 seconds without an answer (tcp(7)).
  package func keepAlive() throws(SystemFailure) {
    try setOption(SO_KEEPALIVE, level: SOL_SOCKET, to: 1)
    try setOption(TCP_KEEPIDLE, level: Int32(IPPROTO_TCP), to: 60)
    try setOption(TCP_KEEPINTVL, level: Int32(IPPROTO_TCP), to: 15)
    try setOption(TCP_KEEPCNT, level: Int32(IPPROTO_TCP), to: 6)
  }

  /// Sets the milliseconds after which a blocking receive or send without progress returns.
  package func setTimeouts(milliseconds: Int) throws(SystemFailure) {
    var time = timeval(tv_sec: milliseconds / 1000, tv_usec: (milliseconds % 1000) * 1000)
    let length = socklen_t(MemoryLayout<timeval>.size)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      try retrying("set a socket timeout") {
        setsockopt(rawValue, SOL_SOCKET, option, &time, length)
      }
    }
  }
}
