import CLinux
import Glibc
import SystemPackage

/// A listening Unix-domain socket between processes of one receiver.
///
/// The kernel chooses its name in the abstract namespace (unix(7), "Autobind feature"), so that it
/// needs no file. The supervisor keeps it open, so that connections wait in the backlog while the
/// process that accepts them is being restarted.
package struct LocalListener: Sendable {
  /// The listening socket.
  package let descriptor: FileDescriptor
  private let name: [UInt8]

  /// Binds a new name and listens.
  package init() throws(SystemFailure) {
    let action = "open a local listener"
    // A process that polls several listeners must not wait in accept(2).
    let type =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(AF_UNIX, type, 0) })
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try retrying(action) {
      address.withPointer(length: socklen_t(MemoryLayout<sa_family_t>.size)) {
        bind(descriptor.rawValue, $0, $1)
      }
    }
    try retrying(action) { listen(descriptor.rawValue, 4096) }
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor.rawValue, $0, &length)
      }
    }
    self.name = withUnsafeBytes(of: address) { Array($0.prefix(Int(length))) }
    self.descriptor = descriptor
  }

  /// Connects to the process that accepts. Waits while the backlog is full.
  package func connect() throws(SystemFailure) -> FileDescriptor {
    let action = "connect to another process of the receiver"
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let connection = FileDescriptor(rawValue: try retrying(action) { socket(AF_UNIX, type, 0) })
    do {
      try retrying(action) {
        name.withUnsafeBytes {
          let address = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
          return Glibc.connect(connection.rawValue, address, socklen_t($0.count))
        }
      }
    } catch {
      try? connection.close()
      throw error
    }
    return connection
  }

  /// Accepts the next connection. Returns nil if none waits, or if it came from another user, which
  /// is closed. Throws if the process has no descriptors left.
  package func accept() throws(SystemFailure) -> FileDescriptor? {
    let accepted = Glibc.accept(descriptor.rawValue, nil, nil)
    guard accepted >= 0 else {
      let error = Errno(rawValue: errno)
      if error == .wouldBlock || error == .connectionAbort || error == .interrupted { return nil }
      throw SystemFailure("accept a local connection", error)
    }
    let connection = FileDescriptor(rawValue: accepted)
    if connection.peerUser() == geteuid() { return connection }
    try? connection.close()
    return nil
  }
}

extension sockaddr_un {
  fileprivate mutating func withPointer<Result>(
    length: socklen_t, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: &self) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
