/// The bytes that a server signs in a handshake of TLS 1.3 (RFC 8446 section 4.4.3): 64 spaces, a
/// text, a zero, and the hash of the handshake.
package enum HandshakeSignature {
  private static let context = Array("TLS 1.3, server CertificateVerify".utf8)
  private static let start = [UInt8](repeating: 0x20, count: 64) + context + [0]
  /// The lengths of the hashes of the cipher suites: SHA-256 and SHA-384.
  private static let hashes: Set<Int> = [32, 48]

  /// True if the bytes are of a handshake. The key must sign nothing else, because a session that
  /// a peer has taken over could ask for any signature.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: start) && hashes.contains(bytes.count - start.count)
  }
}
