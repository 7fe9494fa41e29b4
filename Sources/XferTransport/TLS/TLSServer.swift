import XferProtocol
import NIOCore
import NIOSSL
import XferIdentity
import XferSystem

/// The receiver's side of TLS.
package struct TLSServer: Sendable {
  /// The certificates that clients must or may have.
  package enum ClientCertificate: Sendable {
    /// A client without a certificate is refused in the handshake.
    case required
    /// A client may have a certificate.
    case optional
  }

  /// The largest number of certificates in the chain of a client. A chain of some 30 makes
  /// BoringSSL fail without an error at its first write.
  private static let longestChain = 8

  private let context: NIOSSLContext

  /// Prepares TLS with a certificate chain in DER, the own certificate first. `key` makes the
  /// signatures. Throws if a certificate is not valid.
  package init(
    chain: [[UInt8]], key: RemoteKey, client: ClientCertificate
  ) throws {
    let certificates = try chain.map { try NIOSSLCertificate(bytes: $0, format: .der) }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) },
      privateKey: .privateKey(NIOSSLPrivateKey(customPrivateKey: key)))
    configuration.minimumTLSVersion = .tlsv13
    // Otherwise the authorities of the system are read.
    configuration.trustRoots = .certificates([])
    configuration.certificateVerification =
      client == .required ? .noHostnameVerification : .optionalVerification
    context = try NIOSSLContext(configuration: configuration)
  }

  /// Begins the handshake with a client. `received` are the bytes that were read already.
  ///
  /// The handshake accepts any certificate, because it proves that the client has the key and no
  /// more. The caller decides by `peerPin` or `peerChain` which client it is.
  package func begin(
    with socket: PlainTransport, peer: XferSystem.SocketAddress, received: [UInt8]
  ) throws(TransportFailure) -> TLSTransport {
    let chain = PeerChain()
    let transport = try TLSTransport(makeHandler(chain), on: socket, peer: peer, chain: chain)
    try transport.feed(received)
    return transport
  }

  func makeHandler(_ chain: PeerChain) -> NIOSSLServerHandler {
    NIOSSLServerHandler(context: context) { certificates, promise in
      chain.certificates = certificates
      promise.succeed(
        certificates.count <= TLSServer.longestChain ? .certificateVerified : .failed)
    }
  }
}
