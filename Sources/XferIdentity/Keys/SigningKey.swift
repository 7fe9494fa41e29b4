import XferProtocol
import Crypto
import CryptoExtras
import FoundationEssentials

/// The private key of the receiver: its own one, or that of a certificate that an authority made.
package enum SigningKey: Sendable {
  case p256(P256.Signing.PrivateKey)
  case p384(P384.Signing.PrivateKey)
  case p521(P521.Signing.PrivateKey)
  case rsa(_RSA.Signing.PrivateKey)

  /// Parses a private key in PEM: on P-256, P-384 or P-521, or RSA of 2048 bits and more. Returns
  /// nil for any other text.
  package init?(pem: String) {
    if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
      self = .p256(key)
    } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: pem) {
      self = .p384(key)
    } else if let key = try? P521.Signing.PrivateKey(pemRepresentation: pem) {
      self = .p521(key)
    } else if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) {
      self = .rsa(key)
    } else {
      return nil
    }
  }

  /// The identity of the key.
  package var pin: Pin {
    switch self {
    case .p256(let key): Pin(publicKey: key.publicKey.derRepresentation)
    case .p384(let key): Pin(publicKey: key.publicKey.derRepresentation)
    case .p521(let key): Pin(publicKey: key.publicKey.derRepresentation)
    case .rsa(let key): Pin(publicKey: key.publicKey.derRepresentation)
    }
  }

  /// The kind of signature that the key makes.
  package var algorithm: SigningAlgorithm {
    switch self {
    case .p256: .ecdsaP256SHA256
    case .p384: .ecdsaP384SHA384
    case .p521: .ecdsaP521SHA512
    case .rsa: .rsaPSSSHA256
    }
  }

  /// Signs bytes, which are not hashed yet. The form is that of TLS.
  package func signature(of bytes: [UInt8]) throws -> [UInt8] {
    switch self {
    case .p256(let key): Array(try key.signature(for: bytes).derRepresentation)
    case .p384(let key): Array(try key.signature(for: bytes).derRepresentation)
    case .p521(let key): Array(try key.signature(for: bytes).derRepresentation)
    case .rsa(let key): Array(try key.signature(for: bytes, padding: .PSS).rawRepresentation)
    }
  }
}
