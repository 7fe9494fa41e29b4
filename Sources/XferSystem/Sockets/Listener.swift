import CLinux
import Glibc
import SystemPackage

/// A bound and listening TCP socket.
package struct Listener: Sendable {
  /// The listening socket. It does not block. The owner closes it.
  package let descriptor: FileDescriptor
  /// The bound address. If port 0 was requested, it has the port that the kernel chose.
  package let address: SocketAddress

  /// The number of connections that may wait for accept. The kernel caps it at
  /// `net.core.somaxconn`.
  private static let backlog: Int32 = 4096

  /// Binds the endpoint and listens. `[::]` accepts IPv4 too. On a kernel without IPv6, `[::]` is
  /// replaced by `0.0.0.0`. Throws `UnknownHost` or `SystemFailure`.
  package init(_ endpoint: Endpoint) throws {
    let addresses = try endpoint.resolve(passive: true)
    do {
      self = try Listener(binding: addresses[0])
    } catch let failure as SystemFailure
      where endpoint.host == "::" && failure.errno.rawValue == EAFNOSUPPORT
    {
      self = try Listener(Endpoint(host: "0.0.0.0", port: endpoint.port))
    }
  }

  /// Takes over a socket that a service manager has opened. It is closed in programs that this
  /// process starts, and does not block. Throws if it is not a listening TCP socket.
  package init(_ passed: PassedSocket) throws(UnusableSocket) {
    descriptor = FileDescriptor(rawValue: passed.descriptor)
    guard let address = SocketAddress.read({ getsockname(passed.descriptor, $0, $1) }),
      Listener.option(SO_PROTOCOL, of: passed.descriptor) == Int32(IPPROTO_TCP),
      Listener.option(SO_ACCEPTCONN, of: passed.descriptor) == 1
    else {
      throw UnusableSocket(
        description: """
          the descriptor \(passed.descriptor) that the service manager passed as \
          "\(passed.name)" is no listening TCP socket; use ListenStream= with a port in its unit
          """)
    }
    self.address = address
    do {
      try descriptor.setNonBlocking(true)
      try descriptor.closeOnExecution()
    } catch {
      throw UnusableSocket(description: "\(error)")
    }
  }

  /// Returns an option of a socket; nil if it is no socket.
  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private init(binding address: SocketAddress) throws {
    let family = address.isIPv6 ? AF_INET6 : AF_INET
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let action = "listen on \(address)"
    let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(family, type, 0) })
    do {
      try descriptor.setOption(SO_REUSEADDR, level: SOL_SOCKET, to: 1)
      if address.isIPv6 {
        try descriptor.setOption(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6), to: 0)
      }
      try retrying(action) { address.withPointer { bind(descriptor.rawValue, $0, $1) } }
      try retrying(action) { listen(descriptor.rawValue, Listener.backlog) }
      try descriptor.setNonBlocking(true)
    } catch {
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
    self.address =
      SocketAddress.read { getsockname(descriptor.rawValue, $0, $1) } ?? address
  }

  /// Accepts the next connection. Returns nil if none waits, or if the one that waited has gone.
  package func accept() throws(SystemFailure) -> (FileDescriptor, SocketAddress)? {
    var accepted: Int32 = -1
    let peer = SocketAddress.read {
      accepted = xfer_accept(descriptor.rawValue, $0, $1)
      return accepted < 0 ? -1 : 0
    }
    if let peer { return (FileDescriptor(rawValue: accepted), peer) }
    if accepted >= 0 { Glibc.close(accepted) }
    let code = Errno(rawValue: errno)
    if Listener.transientErrors.contains(code) { return nil }
    throw SystemFailure("accept a connection", code)
  }

  /// The errors of a connection that has already gone (accept(2), "Error handling").
  private static let transientErrors: Set<Errno> = [
    .wouldBlock, .interrupted, .connectionAbort, .networkDown, .hostIsDown, .noRouteToHost,
    .networkUnreachable, Errno(rawValue: EPROTO), Errno(rawValue: ENOPROTOOPT),
  ]
}
