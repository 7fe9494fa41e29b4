import XferSystem

/// The address of a receiver, and the way to connect to it.
package struct ReceiverAddress: Sendable {
  /// The port of a receiver, unless another one is given.
  package static let defaultPort: UInt16 = 5005

  /// The host and the port of the receiver.
  package let server: Endpoint
  /// The local address to bind to; nil lets the kernel choose one.
  package let source: String?
  /// The time without received or sent bytes after which a connection counts as lost.
  package let timeout: Duration

  /// Creates an address. The other values have their defaults.
  package init(server: Endpoint, source: String? = nil, timeout: Duration = .seconds(120)) {
    self.server = server
    self.source = source
    self.timeout = timeout
  }
}
