import Crypto
import XferProtocol

/// The key by which a client proves that it has the secret of an invite (HMAC-SHA256, RFC 2104).
package struct InviteKey: Equatable, Sendable {
  private static let label = Array("xfer join 1".utf8)

  /// The 32 bytes of the key.
  package let bytes: [UInt8]

  /// Uses these bytes.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// The values that a proof binds together. TLS has shown that each side holds its key; the proof
  /// shows that the same two sides share the secret, now.
  package struct Statement: Equatable, Sendable {
    /// The identity of the receiver's key.
    package let receiver: Pin
    /// The identity of the client's key.
    package let client: Pin
    /// The random bytes of the client.
    package let clientNonce: [UInt8]
    /// The random bytes of the receiver.
    package let receiverNonce: [UInt8]
    /// The host name that the client gives.
    package let host: String

    /// Creates a statement. Both nonces have `JoinRequest.nonceSize` bytes.
    package init(
      receiver: Pin, client: Pin, clientNonce: [UInt8], receiverNonce: [UInt8], host: String
    ) {
      self.receiver = receiver
      self.client = client
      self.clientNonce = clientNonce
      self.receiverNonce = receiverNonce
      self.host = host
    }

    /// The bytes to authenticate. All parts but the last have a fixed length.
    fileprivate var bytes: [UInt8] {
      InviteKey.label + receiver.bytes + client.bytes + clientNonce + receiverNonce
        + Array(host.utf8)
    }
  }

  /// Proves the statement.
  package func proof(of statement: Statement) -> [UInt8] {
    let code = HMAC<SHA256>.authenticationCode(
      for: statement.bytes, using: SymmetricKey(data: bytes))
    return Array(code)
  }

  /// True if the proof is that of the statement. The comparison takes the same time for all proofs.
  package func isValid(_ proof: [UInt8], of statement: Statement) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(
      proof, authenticating: statement.bytes, using: SymmetricKey(data: bytes))
  }
}
