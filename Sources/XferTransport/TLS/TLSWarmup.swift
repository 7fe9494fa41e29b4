import NIOCore
import XferIdentity
import XferProtocol

/// One handshake with keys that are thrown away, before the first fork. Sessions inherit the memory
/// that it has set up, so that their own handshakes take less time. It needs no socket.
package enum TLSWarmup {
  /// The number of turns after which a handshake of both sides in this process is complete.
  private static let turns = 8

  /// Performs the handshake. Throws if it cannot begin.
  package static func perform() throws {
    let pair = KeyPair()
    let identity = KeyFiles.Identity(pair: pair, certificate: try pair.certificate(named: "warm"))
    let peer = try NIOCore.SocketAddress(ipAddress: "127.0.0.1", port: 1)
    let (near, far) = (PeerChain(), PeerChain())
    let client = try TLSChannel(
      TLSClient(.pin(pair.pin), identity: identity).makeHandler(near), peer: peer)
    let server = try TLSChannel(server(of: identity).makeHandler(far), peer: peer)
    for _ in 0..<turns where !client.isEstablished || !server.isEstablished {
      pass(from: client, to: server)
      pass(from: server, to: client)
    }
    _ = server.peerCertificate.flatMap(Pin.init(certificate:))
  }

  private static func pass(from one: TLSChannel, to other: TLSChannel) {
    let bytes = one.output
    one.output = ByteBuffer()
    guard bytes.readableBytes > 0 else { return }
    _ = other.feed(bytes, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
  }

  private static func server(of identity: KeyFiles.Identity) throws -> TLSServer {
    let key = SigningKey.p256(identity.pair.key)
    return try TLSServer(
      chain: [identity.certificate],
      key: RemoteKey([key.algorithm]) { try key.signature(of: $1) }, client: .required)
  }
}
