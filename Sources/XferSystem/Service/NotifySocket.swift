import Glibc
import SystemPackage

/// The socket at which a service manager takes messages about this process (sd_notify(3)).
package struct NotifySocket: Sendable {
  private let descriptor: FileDescriptor

  /// Connects to the address: a path, or a name behind an at sign in the abstract namespace
  /// (unix(7)). Afterwards the process may confine itself: a connected socket goes on working when
  /// Landlock denies the abstract sockets of other programs. Throws if the address is invalid, or
  /// if no socket is there.
  package init(connectingTo address: String) throws(SystemFailure) {
    let action = "connect to the service manager at \"\(address)\" (NOTIFY_SOCKET)"
    guard let (socketAddress, length) = NotifySocket.socketAddress(address) else {
      throw SystemFailure(action, .invalidArgument)
    }
    // The supervisor never waits for another program.
    let type =
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(AF_UNIX, type, 0) })
    do {
      try retrying(action) {
        withUnsafePointer(to: socketAddress) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor.rawValue, $0, length)
          }
        }
      }
    } catch {
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
  }

  /// Sends one message: assignments such as `READY=1`, with line ends between them. Returns false
  /// if the manager has no room for it now. A manager that is gone gets none.
  package func send(_ message: String) -> Bool {
    let bytes = Array(message.utf8)
    let sent = Glibc.send(descriptor.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    return sent >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
  }

  /// Returns nil if the address is empty, relative, of another kind, or too long.
  private static func socketAddress(_ text: String) -> (sockaddr_un, socklen_t)? {
    var bytes = Array(text.utf8)
    guard bytes.count > 1, bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "@") else {
      return nil
    }
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    var address = sockaddr_un()
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // The length is part of an abstract name, which may contain zeros.
    return (address, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count))
  }
}
