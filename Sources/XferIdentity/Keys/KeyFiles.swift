import FoundationEssentials
import Glibc
import SwiftASN1
import XferProtocol
import XferSystem

/// The files of an identity: `key.pem` and `certificate.pem`, in a directory of their own. That of
/// a receiver also has `pin`: the identity that its clients see, which may be that of another
/// certificate.
///
/// Two programs that create them at the same time agree, because a file gets its name by a link
/// that replaces nothing. The certificate is made of the key again if it is missing.
package struct KeyFiles {
  /// The name of the file with the private key.
  package static let key = "key.pem"
  private static let certificate = "certificate.pem"
  private static let pin = "pin"

  /// The certificate in DER and its private key.
  package struct Identity: Sendable {
    /// The key pair.
    package let pair: KeyPair
    /// The self-signed certificate in DER.
    package let certificate: [UInt8]

    /// Puts both together. The certificate is that of the key.
    package init(pair: KeyPair, certificate: [UInt8]) {
      self.pair = pair
      self.certificate = certificate
    }
  }

  private let directory: PrivateDirectory

  /// Uses the files in this directory.
  package init(_ directory: PrivateDirectory) { self.directory = directory }

  /// Reads the identity. Returns nil if there is none. Throws if a file cannot be read, or if it is
  /// not a key.
  package func read() throws -> Identity? {
    guard let pem = try directory.text(of: KeyFiles.key) else { return nil }
    return try identity(of: try parse(pem), named: "xfer")
  }

  /// Reads the identity, or makes one. `name` is the common name of a new certificate.
  package func readOrMake(named name: String) throws -> Identity {
    if let identity = try read() { return identity }
    _ = try directory.create(KeyFiles.key, text: KeyPair().pem + "\n", mode: 0o600)
    guard let pem = try directory.text(of: KeyFiles.key) else {
      throw UnusableFile(directory.path(of: KeyFiles.key), why: "it disappeared")
    }
    return try identity(of: try parse(pem), named: name)
  }

  /// Returns the identity that clients see; nil if none was kept. Throws if the file cannot be
  /// read, or if it has none.
  package func keptPin() throws -> Pin? {
    guard let text = try directory.text(of: KeyFiles.pin) else { return nil }
    guard let pin = Pin(String(text.prefix { $0 != "\n" })) else {
      throw UnusableFile(
        directory.path(of: KeyFiles.pin), why: "it is not a fingerprint; remove it")
    }
    return pin
  }

  /// Keeps the identity that clients see, for commands of other processes.
  package func keep(_ pin: Pin) throws {
    guard (try? keptPin()) != pin else { return }
    try directory.replace(KeyFiles.pin, by: Array("\(pin)\n".utf8), mode: 0o600)
  }

  private func parse(_ pem: String) throws -> KeyPair {
    do {
      return try KeyPair(pem: pem)
    } catch {
      throw UnusableFile(
        directory.path(of: KeyFiles.key), why: "it is not a private key on P-256 in PEM")
    }
  }

  private func identity(of pair: KeyPair, named name: String) throws -> Identity {
    if let known = try certificate() {
      guard (try? Pin(certificate: known)) == pair.pin else {
        throw UnusableFile(
          directory.path(of: KeyFiles.certificate),
          why: "it is not the certificate of \(KeyFiles.key); remove it, and it is made again")
      }
      return Identity(pair: pair, certificate: known)
    }
    let made = PEMDocument(
      type: "CERTIFICATE", derBytes: try pair.certificate(named: name))
    _ = try directory.create(
      KeyFiles.certificate, text: made.pemString + "\n", mode: 0o644)
    return Identity(pair: pair, certificate: try certificate() ?? made.derBytes)
  }

  private func certificate() throws -> [UInt8]? {
    guard let pem = try directory.text(of: KeyFiles.certificate) else { return nil }
    do {
      return try PEMDocument(pemString: pem).derBytes
    } catch {
      throw UnusableFile(
        directory.path(of: KeyFiles.certificate), why: "it is not a certificate in PEM; remove it")
    }
  }
}
