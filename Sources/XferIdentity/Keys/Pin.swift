import SwiftASN1
import X509
import XferProtocol

import struct Crypto.SHA256

extension Pin {
  /// Returns the identity of a public key in DER (SubjectPublicKeyInfo).
  package init(publicKey: some Sequence<UInt8>) {
    // SHA-256 has the size of a pin.
    self = Pin(bytes: Array(SHA256.hash(data: Array(publicKey))))!
  }
}

extension Pin {
  /// Returns the identity of the key in a certificate in DER. Throws if it is not a certificate.
  package init(certificate: [UInt8]) throws {
    let certificate = try Certificate(derEncoded: certificate)
    self.init(publicKey: try certificate.publicKey.serializeAsPEM().derBytes)
  }
}
