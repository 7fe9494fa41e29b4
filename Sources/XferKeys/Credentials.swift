import FoundationEssentials
import SwiftASN1
import SystemPackage
import XferIdentity
import XferProtocol
import XferSystem

/// The certificate chain of the receiver and its private key.
package struct Credentials {
  private static let largestFile = 1 << 20

  /// The certificates in DER, the receiver's own first.
  let chain: [[UInt8]]
  let key: SigningKey
  /// The identity of the commands on the receiver's own host: that of its own key, also if clients
  /// see another one.
  let host: Pin

  /// Reads the files, or makes the receiver's own key if it has none. Throws `UnusableFile` with
  /// the file and the reason.
  init(_ source: KeyOptions.Source) throws {
    switch source {
    case .own(let path):
      let identity = try Credentials.own(in: path)
      chain = [identity.certificate]
      key = .p256(identity.pair.key)
      host = identity.pair.pin
    case .files(let certificate, let key, let own):
      host = try Credentials.own(in: own).pair.pin
      chain = try Credentials.chain(in: certificate)
      self.key = try Credentials.key(in: key)
      guard try Pin(certificate: chain[0]) == self.key.pin else {
        throw UnusableFile(key, why: "it is not the key of the certificate in \(certificate)")
      }
    }
  }

  private static func own(in path: String) throws -> KeyFiles.Identity {
    let directory = try PrivateDirectory(creating: path)
    defer { directory.close() }
    return try KeyFiles(directory).readOrMake(named: "xferd")
  }

  /// Returns the identity of the key of a certificate file in PEM. Throws `UnusableFile`, or an
  /// error of the system.
  package static func pin(ofCertificate path: String) throws -> Pin {
    try Pin(certificate: chain(in: path)[0])
  }

  private static func chain(in path: String) throws -> [[UInt8]] {
    let chain: [[UInt8]]
    do {
      chain = try PEMDocument.parseMultiple(pemString: try text(of: path))
        .filter { $0.discriminator == "CERTIFICATE" }.map(\.derBytes)
    } catch let failure as ASN1Error {
      throw UnusableFile(path, why: "it is not in PEM: \(failure)")
    }
    guard !chain.isEmpty else { throw UnusableFile(path, why: "it has no certificate in PEM") }
    guard chain.reduce(0, { $0 + $1.count }) <= KeyReply.largestChain else {
      throw UnusableFile(
        path, why: "its certificates have more than \(KeyReply.largestChain) bytes")
    }
    return chain
  }

  private static func key(in path: String) throws -> SigningKey {
    guard let key = SigningKey(pem: try text(of: path)) else {
      throw UnusableFile(
        path, why: "it has no private key in PEM on P-256, P-384 or P-521, or of RSA")
    }
    return key
  }

  private static func text(of path: String) throws -> String {
    let file = try FileDescriptor.reading(path: path)
    defer { try? file.close() }
    let bytes = try file.content(atMost: Credentials.largestFile)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UnusableFile(path, why: "it is not text")
    }
    return text
  }
}
