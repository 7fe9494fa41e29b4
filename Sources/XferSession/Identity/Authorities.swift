import Synchronization
import SwiftASN1
import SystemPackage
import X509
import XferIdentity
import XferSystem

/// The authorities that name clients by certificates.
struct Authorities {
  private static let largest = 4 << 20
  private let roots: CertificateStore

  /// Reads the certificates of the authorities from a file in PEM.
  init(file path: String) throws {
    let file = try FileDescriptor.reading(path: path)
    defer { try? file.close() }
    let text = String(decoding: try file.content(atMost: Authorities.largest), as: UTF8.self)
    roots = CertificateStore(
      try PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) })
  }

  /// Returns the name in the certificate of a client: the first DNS name of its subject's
  /// alternative names, or else its common name. Returns nil if no authority has signed it, if it
  /// is not valid now, or if it has no name of a client. So does a chain that cannot be parsed,
  /// because any stranger can send one.
  func name(in chain: [[UInt8]]) -> ClientName? {
    guard let certificates = try? chain.map({ try Certificate(derEncoded: $0) }),
      let leaf = certificates.first, Authorities.isForClients(leaf),
      isValid(leaf, certificates.dropFirst())
    else { return nil }
    return Authorities.name(of: leaf)
  }

  private func isValid(_ leaf: Certificate, _ others: ArraySlice<Certificate>) -> Bool {
    let roots = roots
    return Blocking.value {
      var verifier = Verifier(rootCertificates: roots) {
        RFC5280Policy()
      }
      let result = await verifier.validate(
        leaf: leaf, intermediates: CertificateStore(others))
      if case .validCertificate = result { return true }
      return false
    }
  }

  /// True unless the certificate names its purposes, and a client is none of them (RFC 5280 section
  /// 4.2.1.12). Otherwise each server of the authority would be a client.
  private static func isForClients(_ certificate: Certificate) -> Bool {
    do {
      guard let purposes = try certificate.extensions.extendedKeyUsage else { return true }
      return purposes.contains(.clientAuth) || purposes.contains(.any)
    } catch {
      return false
    }
  }

  private static func name(of certificate: Certificate) -> ClientName? {
    let names = (try? certificate.extensions.subjectAlternativeNames) ?? nil
    for case .dnsName(let name) in names ?? SubjectAlternativeNames([]) {
      if let name = ClientName(name) { return name }
    }
    let common = certificate.subject.lazy.flatMap { $0 }
      .first { $0.type == .RDNAttributeType.commonName }
    return common.flatMap { ClientName("\($0.value)") }
  }
}
