import XferIdentity
import XferProtocol
import XferSystem
import XferTransport

/// The receiver's side of one TLS handshake. The private key stays in the process that holds it.
struct Handshake {
  private let chain: [[UInt8]]
  let server: TLSServer
  private let keys: KeysChannel
  /// The identity of the commands on the receiver's own host.
  let host: Pin

  /// Asks the key process for the certificate.
  init(_ listener: LocalListener, access: Access) throws {
    // The transport and the session run on one thread.
    nonisolated(unsafe) let keys = try KeysChannel(listener)
    self.keys = keys
    let (chain, algorithm, host) = try keys.certificate()
    (self.chain, self.host) = (chain, host)
    server = try TLSServer(
      chain: chain, key: RemoteKey([algorithm]) { try keys.sign($0, $1) },
      client: access.mode == .identified ? .required : .optional)
  }

  /// The identity of the receiver's key, as clients see it.
  var pin: Pin {
    get throws { try Pin(certificate: chain[0]) }
  }

  /// Disconnects from the key process, which signs once for each connection.
  func end() { keys.close() }
}
