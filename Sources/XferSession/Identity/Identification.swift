import SystemPackage
import XferIdentity
import XferProtocol
import XferSystem
import XferTransport

/// Finds out which client has opened a connection, by the certificate that it showed in TLS.
struct Identification {
  private let access: Access
  /// The list of clients, which was opened before the first byte of the peer was read; nil if there
  /// is none.
  private let list: FileDescriptor?
  private let address: String
  /// The identity of the commands on the receiver's own host.
  private let host: Pin

  init(_ access: Access, list: FileDescriptor?, address: String, host: Pin) {
    self.access = access
    self.list = list
    self.address = address
    self.host = host
  }

  /// Looks up the peer of a connection with a complete handshake.
  func identify(_ transport: TLSTransport) throws -> PeerIdentity {
    guard let pin = transport.peerPin else { return .anonymous }
    if pin == host { return .host }
    do {
      let search = ClientSearch(try list?.content(atMost: ClientList.largest) ?? [])
      if let client = try search.client(with: pin) { return check(client) }
      guard let name = try nameByAuthority(transport) else { return .stranger(pin) }
      return check(try search.client(named: name) ?? EnrolledClient(name: name, pin: nil))
    } catch let bad as BadOption {
      return .barred("the line of this client in the list of clients cannot be used: \(bad)")
    }
  }

  /// The name in the certificate, if an authority that the operator named has signed it.
  private func nameByAuthority(_ transport: TLSTransport) throws -> ClientName? {
    guard let file = access.authorities else { return nil }
    return try Authorities(file: file).name(in: try transport.peerChain)
  }

  private func check(_ client: EnrolledClient) -> PeerIdentity {
    if let end = client.rights.expiry, end <= .now {
      return .barred("the access of \(client.name) has ended")
    }
    if let networks = client.rights.networks, !networks.contains(where: { $0.contains(address) }) {
      return .barred("\(client.name) may not connect from \(address)")
    }
    return .client(client)
  }
}
