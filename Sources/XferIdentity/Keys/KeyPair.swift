import XferProtocol
import Crypto
import FoundationEssentials
import SwiftASN1
import X509
import XferSystem

/// A key pair on the curve P-256, and a certificate that it has signed itself. curl, openssl and
/// browsers take such a key without an option.
package struct KeyPair: Sendable {
  /// The years for which a certificate is valid. Peers compare the pin, so that its end has no
  /// meaning to them.
  private static let years = 100

  /// The private key.
  package let key: P256.Signing.PrivateKey

  /// Makes a new pair.
  package init() { key = P256.Signing.PrivateKey() }

  /// Parses a private key in PEM. Throws if the text holds no key on P-256.
  package init(pem: String) throws { key = try P256.Signing.PrivateKey(pemRepresentation: pem) }

  /// The private key in PEM (PKCS 8).
  package var pem: String { key.pemRepresentation }

  /// The identity of the key.
  package var pin: Pin { Pin(publicKey: key.publicKey.derRepresentation) }

  /// Makes a self-signed certificate, in DER. `name` is its common name. Peers do not check it.
  package func certificate(named name: String) throws -> [UInt8] {
    let subject = try DistinguishedName { CommonName(name) }
    let now = Date()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
      notValidBefore: now.addingTimeInterval(-86_400),
      notValidAfter: now.addingTimeInterval(Double(KeyPair.years) * 365 * 86_400), issuer: subject,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        KeyUsage(digitalSignature: true)
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
      },
      issuerPrivateKey: .init(key))
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return serializer.serializedBytes
  }
}
