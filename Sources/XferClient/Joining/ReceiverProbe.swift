import XferIdentity
import XferProtocol
import XferTransport

/// Looks at the key of a receiver that this client does not know yet.
package enum ReceiverProbe {
  /// Returns the identity of the receiver's key. Nothing is said to the receiver but what a TLS
  /// handshake says. Throws `ConnectionFailure`.
  package static func pin(
    of address: ReceiverAddress, identity: KeyFiles.Identity
  ) throws(ConnectionFailure) -> Pin {
    let probe = ReceiverAddress(
      servers: address.servers, security: .tls(.none, identity), source: address.source,
      timeout: address.timeout)
    let transport = try ReceiverConnector(probe).connect()
    defer { transport.close() }
    guard case .tls(let tls) = transport, let pin = tls.peerPin else {
      throw .notReceiver("it has no certificate")
    }
    return pin
  }
}
