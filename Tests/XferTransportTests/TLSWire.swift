import Glibc
import SystemPackage
import XferProtocol
import XferSystem

@testable import XferIdentity
@testable import XferTransport

/// A client and a server of TLS, and between them a wire whose bytes the test carries and sees.
///
///     client ── near of `left` … far of `left` ⇄ far of `right` … near of `right` ── server
final class TLSWire {
  /// Two connected sockets.
  struct Link {
    let near: FileDescriptor
    let far: FileDescriptor
    let address: SocketAddress

    init() throws {
      let listener = try Listener(Endpoint(host: "127.0.0.1", port: 0))
      defer { try? listener.descriptor.close() }
      near = try connect(to: [listener.address], timeout: 10_000)
      address = listener.address
      var set = PollSet()
      _ = set.add(listener.descriptor, .read)
      try set.wait(milliseconds: 10_000)
      guard let accepted = try listener.accept() else { throw Errno.connectionRefused }
      far = accepted.0
      try far.setNonBlocking(true)
    }
  }

  static let serverKeys = KeyPair()
  static let clientKeys = KeyPair()

  let left: Link
  let right: Link
  let client: TLSTransport
  private(set) var server: TLSTransport
  /// The bytes that each side has sent.
  private(set) var fromClient: [UInt8] = []
  private(set) var fromServer: [UInt8] = []
  /// The most bytes that the wire carries at once.
  var chunk = 1 << 16

  /// `trust` is the client's reason to trust the server; nil trusts the server's key.
  init(
    trust: TLSClient.Trust? = nil, hasIdentity: Bool = true,
    certificates: TLSServer.ClientCertificate = .required
  ) throws {
    left = try Link()
    right = try Link()
    for descriptor in [left.near, right.near] {
      try Transport.plain(PlainTransport(descriptor)).prepareNonBlocking()
    }
    let identity = KeyFiles.Identity(
      pair: TLSWire.clientKeys, certificate: try TLSWire.clientKeys.certificate(named: "client"))
    client = try TLSClient(
      trust ?? .pin(TLSWire.serverKeys.pin), identity: hasIdentity ? identity : nil
    ).begin(with: PlainTransport(left.near), peer: left.address)
    server = try TLSWire.server(certificates)
      .begin(with: PlainTransport(right.near), peer: right.address, received: [])
  }

  deinit { for link in [left, right] { for end in [link.near, link.far] { try? end.close() } } }

  /// A server whose key signs in this process.
  static func server(_ certificates: TLSServer.ClientCertificate) throws -> TLSServer {
    let key = SigningKey.p256(serverKeys.key)
    return try TLSServer(
      chain: [try serverKeys.certificate(named: "server")],
      key: RemoteKey([key.algorithm]) { _, bytes in try key.signature(of: bytes) },
      client: certificates)
  }

  /// Carries what is there in both directions, as far as the sockets take it.
  func carry() throws {
    fromClient += try move(from: left.far, to: right.far)
    fromServer += try move(from: right.far, to: left.far)
  }

  private func read(_ source: FileDescriptor) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: chunk)
    guard
      case .bytes(let count) = try buffer.withUnsafeMutableBytes({ try source.receive(into: $0) })
    else { return [] }
    return Array(buffer[..<count])
  }

  private func move(from source: FileDescriptor, to target: FileDescriptor) throws -> [UInt8] {
    let bytes = try read(source)
    var sent = 0
    while sent < bytes.count {
      sent += try bytes[sent...].withUnsafeBytes { try target.send($0) }
    }
    return bytes
  }

  /// Completes the handshake at both sides, or throws the error of one of them.
  func handshake() throws {
    for _ in 0..<100_000 where !(client.isEstablished && server.isEstablished) {
      try carry()
      if !client.isEstablished { try client.continueHandshake() }
      if !server.isEstablished { try server.continueHandshake() }
    }
    try carry()
  }

  /// Carries until this side has received so many bytes, and returns them. The kernel may deliver
  /// bytes of loopback a little later.
  func deliver(_ count: Int, to side: TLSTransport) throws -> [UInt8] {
    var received: [UInt8] = []
    for _ in 0..<1_000_000 where received.count < count {
      try carry()
      received += try side.receiveOnce() ?? []
    }
    return received
  }

  /// Carries until a receive of this side returns the end, or throws.
  func hasEnded(_ side: TLSTransport) throws -> Bool {
    for _ in 0..<1_000_000 {
      try carry()
      guard let bytes = try side.receiveOnce() else { return true }
      if !bytes.isEmpty { return false }
    }
    return false
  }

  /// Gives what the server has sent to the client, and these bytes behind it, at once.
  func carryToClient(followedBy bytes: [UInt8]) throws {
    var sent: [UInt8] = []
    while sent.isEmpty { sent = try read(right.far) }
    _ = try (sent + bytes).withUnsafeBytes { try left.far.send($0) }
    var wait = TransportWait()
    wait.add(.tls(client))
    try wait.wait(milliseconds: 10_000)
  }

  /// The types and lengths of the records in a stream.
  static func records(_ stream: [UInt8]) -> [(type: UInt8, length: Int)] {
    var (records, rest) = ([(type: UInt8, length: Int)](), stream[...])
    while rest.count >= 5 {
      let header = Array(rest.prefix(5))
      records.append((header[0], Int(header[3]) << 8 | Int(header[4])))
      rest = rest.dropFirst(5 + records[records.count - 1].length)
    }
    return records
  }
}

extension TLSTransport {
  /// Sends all bytes, while `carry` moves them on.
  func sendAll(_ bytes: [UInt8], carry: () throws -> Void = {}) throws {
    var sent = 0
    while sent < bytes.count {
      sent += try bytes[sent...].withUnsafeBytes { try send($0) }
      try carry()
    }
  }

  /// Returns what one receive gives; nil at the end of the input.
  func receiveOnce(atMost count: Int = 1 << 16) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: count)
    switch try buffer.withUnsafeMutableBytes({ try receive(into: $0, whole: false) }) {
    case .bytes(let count): return Array(buffer[..<count])
    case .nothing: return []
    case .end: return nil
    }
  }
}
