import CLinux
import Glibc
import SystemPackage

/// A bound and listening TCP socket.
public struct Listener: Sendable {
  public let descriptor: FileDescriptor
  /// The address it is bound to, with the port that the kernel chose where 0 was asked for.
  public let address: SocketAddress

  /// Connections that wait to be accepted; the kernel caps it at `net.core.somaxconn`.
  private static let backlog: Int32 = 4096

  /// Binds the endpoint. `[::]` takes IPv4 too; where the kernel has no IPv6 it means `0.0.0.0`.
  public init(_ endpoint: Endpoint) throws {
    let addresses = try endpoint.resolve(passive: true)
    do {
      self = try Listener(binding: addresses[0])
    } catch let failure as SystemFailure
      where endpoint.host == "::" && failure.errno.rawValue == EAFNOSUPPORT
    {
      self = try Listener(Endpoint(host: "0.0.0.0", port: endpoint.port))
    }
  }

  private init(binding address: SocketAddress) throws {
    let family = address.isIPv6 ? AF_INET6 : AF_INET
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let action = "listen on \(address)"
    let descriptor = FileDescriptor(rawValue: try retrying(action) { socket(family, type, 0) })
    do {
      try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
      if address.isIPv6 { try descriptor.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
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

  /// The next connection; nil when none waits, or when the one that waited is gone again.
  public func accept() throws(SystemFailure) -> (FileDescriptor, SocketAddress)? {
    var accepted: Int32 = -1
    let peer = SocketAddress.read {
      accepted = xfer_accept(descriptor.rawValue, $0, $1)
      return accepted < 0 ? -1 : 0
    }
    if let peer { return (FileDescriptor(rawValue: accepted), peer) }
    if accepted >= 0 { Glibc.close(accepted) }
    let code = Errno(rawValue: errno)
    if Listener.passing.contains(code) { return nil }
    throw SystemFailure("accept a connection", code)
  }

  /// What `accept(2)` reports of a connection that is already gone (its man page, "Error handling").
  private static let passing: Set<Errno> = [
    .wouldBlock, .interrupted, .connectionAbort, .networkDown, .hostIsDown, .noRouteToHost,
    .networkUnreachable, Errno(rawValue: EPROTO), Errno(rawValue: ENOPROTOOPT),
  ]
}
