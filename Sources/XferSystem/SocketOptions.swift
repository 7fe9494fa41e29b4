import Glibc
import SystemPackage

extension FileDescriptor {
  func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws(SystemFailure) {
    var value = value
    try retrying("set a socket option") {
      setsockopt(rawValue, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  public func setNonBlocking(_ on: Bool) throws(SystemFailure) {
    let flags = try retrying("read a descriptor's flags") { fcntl(rawValue, F_GETFL) }
    let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
    try retrying("set a descriptor's flags") { fcntl(rawValue, F_SETFL, wanted) }
  }

  /// Small control messages leave at once instead of waiting for more (Nagle, RFC 896).
  public func sendWithoutDelay() throws(SystemFailure) {
    try setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  /// The kernel asks a silent peer after a minute and gives it up after some 90 seconds more.
  public func keepAlive() throws(SystemFailure) {
    try setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
    try setOption(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
    try setOption(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
    try setOption(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
  }

  /// Blocking receives and sends return after this many milliseconds without progress.
  public func setTimeouts(milliseconds: Int) throws(SystemFailure) {
    var time = timeval(tv_sec: milliseconds / 1000, tv_usec: (milliseconds % 1000) * 1000)
    let length = socklen_t(MemoryLayout<timeval>.size)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      try retrying("set a socket timeout") {
        setsockopt(rawValue, SOL_SOCKET, option, &time, length)
      }
    }
  }
}
