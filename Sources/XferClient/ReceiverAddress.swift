import XferSystem

/// The address of a receiver, and the way to connect to it.
public struct ReceiverAddress: Sendable {
  /// The port of a receiver, unless another one is given.
  public static let defaultPort: UInt16 = 5005

  /// The host and the port of the receiver.
  public let server: Endpoint
  /// The local address to bind to; nil lets the kernel choose one.
  public let source: String?
  /// Seconds without received or sent bytes after which a connection counts as lost.
  public let timeout: Double

  /// `timeout` is in seconds.
  public init(server: Endpoint, source: String? = nil, timeout: Double = 120) {
    self.server = server
    self.source = source
    self.timeout = timeout
  }
}
