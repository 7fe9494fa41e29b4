import NIOCore
import NIOSSL
import XferSystem

/// The certificates that the peer sent in the handshake, its own first.
final class PeerChain: @unchecked Sendable {
  // Used on the one thread of the transport.
  var certificates: [NIOSSLCertificate] = []
}

extension NIOCore.SocketAddress {
  /// The address for NIO, without the name of an interface (RFC 4007 section 11), which NIO does
  /// not parse.
  init(_ address: XferSystem.SocketAddress) throws {
    try self.init(
      ipAddress: String(address.host.prefix { $0 != "%" }), port: Int(address.port))
  }
}
