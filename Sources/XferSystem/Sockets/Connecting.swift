import Glibc
import SystemPackage

/// Connects to the first of the addresses that accepts within `timeout` milliseconds.
///
/// `source` is the local address to bind (`xferctl send --bind`). Addresses of another family than
/// `source` are skipped. Throws the failure of the last address.
package func connect(
  to addresses: [SocketAddress], from source: SocketAddress? = nil, timeout: Int
) throws -> FileDescriptor {
  var last = SystemFailure("connect", .addressNotAvailable)
  for address in addresses where source == nil || source?.isIPv6 == address.isIPv6 {
    do {
      return try connect(to: address, from: source, timeout: timeout)
    } catch let failure as SystemFailure {
      last = failure
    }
  }
  throw last
}

private func connect(
  to address: SocketAddress, from source: SocketAddress?, timeout: Int
) throws -> FileDescriptor {
  let action = "connect to \(address)"
  let type =
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
  let family = address.isIPv6 ? AF_INET6 : AF_INET
  let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(family, type, 0) })
  do {
    if let source {
      try retrying("bind to the local address \(source.host)") {
        source.withPointer { bind(descriptor.rawValue, $0, $1) }
      }
    }
    if address.withPointer({ Glibc.connect(descriptor.rawValue, $0, $1) }) != 0 {
      guard errno == EINPROGRESS else { throw SystemFailure(action, Errno(rawValue: errno)) }
      try descriptor.finishConnecting(action, timeout: timeout)
    }
    try descriptor.sendWithoutDelay()
    try descriptor.setNonBlocking(false)
    return descriptor
  } catch {
    try? descriptor.close()
    throw error
  }
}

extension FileDescriptor {
  /// Waits for the result of a non-blocking connect (connect(2), EINPROGRESS).
  fileprivate func finishConnecting(_ action: String, timeout: Int) throws {
    var set = PollSet()
    let slot = set.add(self, .write)
    try set.wait(milliseconds: timeout)
    guard set.isReady(slot) else { throw SystemFailure(action, Errno(rawValue: ETIMEDOUT)) }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(rawValue, SOL_SOCKET, SO_ERROR, &code, &length)
    if code != 0 { throw SystemFailure(action, Errno(rawValue: code)) }
  }
}
