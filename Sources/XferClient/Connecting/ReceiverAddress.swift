import XferIdentity
import XferSystem
import XferTransport

/// The addresses of a receiver, and the way to connect to it.
package struct ReceiverAddress: Sendable {
  /// The port of a receiver, unless another one is given.
  package static let defaultPort: UInt16 = 5005

  /// The protection of the connection.
  package enum Security: Sendable {
    /// None: everyone on the way can read and change what is sent.
    case plain
    /// TLS, with the reason to trust the receiver and the identity of this client.
    case tls(TLSClient.Trust, KeyFiles.Identity)
  }

  /// The hosts and ports of the receiver, in the order in which to try them. There is at least one.
  package let servers: [Endpoint]
  /// The protection of the connection.
  package let security: Security
  /// The local address to bind to; nil lets the kernel choose one.
  package let source: String?
  /// The time without received or sent bytes after which a connection counts as lost.
  package let timeout: Duration

  /// Creates an address. The other values have their defaults.
  package init(
    servers: [Endpoint], security: Security, source: String? = nil,
    timeout: Duration = .seconds(120)
  ) {
    self.servers = servers
    self.security = security
    self.source = source
    self.timeout = timeout
  }
}
