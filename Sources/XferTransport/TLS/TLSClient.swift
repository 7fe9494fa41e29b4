import XferProtocol
import NIOCore
import NIOSSL
import XferIdentity
import XferSystem

/// The sender's side of TLS.
package struct TLSClient: Sendable {
  /// The reason to believe that the peer is the receiver.
  package enum Trust: Sendable {
    /// Its key has this identity.
    case pin(Pin)
    /// An authority of this file, in PEM, has signed its certificate for the host.
    case authorities(file: String, host: String)
    /// An authority that the system trusts has signed its certificate for the host.
    case system(host: String)
    /// None. The handshake shows the pin, and nothing may be sent before it is accepted.
    case none
  }

  /// The largest number of certificates in the chain of a receiver.
  private static let longestChain = 16

  /// The signatures of receivers. BoringSSL leaves P-521 out of its own list.
  private static let signatures: [SignatureAlgorithm] = [
    .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256,
    .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
  ]

  private let context: NIOSSLContext
  private let trust: Trust

  /// Prepares TLS. `identity` is the own certificate and key; nil sends none. Throws a
  /// `TransportFailure` if the file of authorities cannot be used.
  package init(_ trust: Trust, identity: KeyFiles.Identity?) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.verifySignatureAlgorithms = TLSClient.signatures
    if let identity {
      configuration.certificateChain = [
        .certificate(try NIOSSLCertificate(bytes: identity.certificate, format: .der))
      ]
      configuration.privateKey = .privateKey(
        try NIOSSLPrivateKey(bytes: Array(identity.pair.pem.utf8), format: .pem))
    }
    switch trust {
    case .pin, .none:
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates([])
    case .authorities(let file, _):
      configuration.certificateVerification = .fullVerification
      configuration.trustRoots = .file(file)
    case .system:
      configuration.certificateVerification = .fullVerification
      configuration.trustRoots = .default
    }
    context = try TLSClient.context(configuration, trust)
    self.trust = trust
  }

  private static func context(
    _ configuration: TLSConfiguration, _ trust: Trust
  ) throws -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      guard case .authorities(let file, _) = trust else { throw error }
      throw TransportFailure.tls("\(file): it cannot be read, or has no certificate in PEM")
    }
  }

  /// Begins the handshake with a receiver, which ends in an error if the receiver is not trusted.
  package func begin(
    with socket: PlainTransport, peer: XferSystem.SocketAddress
  ) throws(TransportFailure) -> TLSTransport {
    let chain = PeerChain()
    let handler: NIOSSLClientHandler
    do {
      handler = try makeHandler(chain)
    } catch {
      throw TransportFailure(tls: error)
    }
    let transport = try TLSTransport(handler, on: socket, peer: peer, chain: chain)
    try transport.sendOutput()
    return transport
  }

  func makeHandler(_ chain: PeerChain) throws -> NIOSSLClientHandler {
    switch trust {
    case .pin, .none:
      try NIOSSLClientHandler(context: context, serverHostname: nil) { certificates, promise in
        chain.certificates = certificates
        promise.succeed(accepts(certificates) ? .certificateVerified : .failed)
      }
    case .authorities(_, let host), .system(let host):
      // A name of a server in TLS is never an IP address (RFC 6066 section 3).
      try NIOSSLClientHandler(
        context: context, serverHostname: Network.isAddress(host) ? nil : host)
    }
  }

  private func accepts(_ certificates: [NIOSSLCertificate]) -> Bool {
    guard let first = certificates.first, certificates.count <= TLSClient.longestChain,
      let found = Pin(certificate: first)
    else { return false }
    if case .pin(let pin) = trust { return found == pin }
    return true
  }
}
