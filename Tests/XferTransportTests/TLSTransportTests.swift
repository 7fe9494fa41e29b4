import FoundationEssentials
import Glibc
import SystemPackage
import Testing
import XferProtocol
import XferSystem

@testable import XferIdentity
@testable import XferTransport

@Suite("An encrypted transport carries bytes in both directions")
struct TLSTransportTests {
  private let text = Array("hello".utf8)

  @Test("Both sides know each other's key after the handshake")
  func sidesKnowKeys() throws {
    let wire = try TLSWire()
    try wire.handshake()
    #expect(wire.client.peerPin == TLSWire.serverKeys.pin)
    #expect(wire.server.peerPin == TLSWire.clientKeys.pin)
    #expect(Transport.tls(wire.client).isEncrypted)
  }

  @Test("Bytes arrive that pass one at a time, and none of them is readable on the way")
  func byteByByte() throws {
    let wire = try TLSWire()
    wire.chunk = 1
    try wire.handshake()
    try wire.client.sendAll(text)
    let received = try wire.deliver(text.count, to: wire.server)
    #expect(received == text)
    #expect(wire.fromClient.count > text.count)
    #expect(!String(decoding: wire.fromClient, as: UTF8.self).contains("hello"))
  }

  @Test("After the end of one direction the other one still carries answers")
  func halfClose() throws {
    let wire = try TLSWire()
    try wire.handshake()
    try wire.client.sendAll(text)
    wire.client.shutdownSending()
    #expect(try wire.deliver(text.count, to: wire.server) == text)
    #expect(try wire.hasEnded(wire.server))
    for _ in 0..<3 {
      try wire.server.sendAll(text)
      #expect(try wire.deliver(text.count, to: wire.client) == text)
    }
    wire.server.shutdownSending()
    #expect(try wire.hasEnded(wire.client))
  }

  @Test("An end of the connection without a message of TLS is a cut, and not an end")
  func truncation() throws {
    let wire = try TLSWire()
    try wire.handshake()
    try wire.client.sendAll(text)
    #expect(try wire.deliver(text.count, to: wire.server) == text)
    wire.right.far.shutdownSending()
    let failure = #expect(throws: TransportFailure.self) { try wire.hasEnded(wire.server) }
    guard case .cut = failure else {
      Issue.record("\(failure.map { "\($0)" } ?? "nil")")
      return
    }
  }

  @Test("Bytes that were changed on the way are an error, and those before them are not lost")
  func damage() throws {
    let wire = try TLSWire()
    try wire.handshake()
    try wire.server.sendAll(text)
    // A record of application data that no key of this connection has made.
    try wire.carryToClient(
      followedBy: [23, 3, 3, 0, 30] + [UInt8](repeating: 7, count: 30))
    #expect(try wire.client.receiveOnce() == text)
    #expect(wire.client.hasBufferedInput, "an error must not wait for the socket")
    #expect(throws: TransportFailure.self) { try wire.client.receiveOnce() }
  }

  @Test("Input that does not fit into a buffer is kept, and no wait is made for the socket")
  func bufferedInput() throws {
    let wire = try TLSWire()
    try wire.handshake()
    try wire.server.sendAll(text)
    #expect(!wire.client.hasBufferedInput)
    try wire.carryToClient(followedBy: [])
    for byte in text {
      #expect(try wire.client.receiveOnce(atMost: 1) == [byte])
      guard byte != text.last else { break }
      var wait = TransportWait()
      let slot = wait.add(.tls(wire.client))
      #expect(try wait.wait(milliseconds: nil))
      #expect(wait.isReadable(slot))
    }
    #expect(!wire.client.hasBufferedInput)
    #expect(try wire.client.receiveOnce() == [])
  }

  @Test("A sender whose socket is full sends each byte once")
  func fullSocket() throws {
    let wire = try TLSWire()
    try wire.handshake()
    let bytes = (0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) }
    var (sent, blocked) = (0, 0)
    var received: [UInt8] = []
    while received.count < bytes.count, blocked < 100_000 {
      let count = try bytes[sent...].withUnsafeBytes {
        sent < bytes.count ? try wire.client.send($0) : 0
      }
      sent += count
      if count > 0 { continue }
      blocked += 1
      for _ in 0..<40 {
        try wire.carry()
        received += try #require(try wire.server.receiveOnce())
      }
    }
    #expect(blocked > 1 && sent == bytes.count)
    #expect(received == bytes)
  }

  @Test("A part of a file arrives, and the end of the file shows")
  func partOfFile() throws {
    let wire = try TLSWire()
    try wire.handshake()
    let path = FileManager.default.temporaryDirectory.path + "/xfer-tls-\(UUID().uuidString)"
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer {
      try? file.close()
      unlink(path)
    }
    try file.writeAll(Array("0123456789".utf8))
    _ = try wire.client.sendFile(file, at: 3, count: 4)
    #expect(try wire.deliver(4, to: wire.server) == Array("3456".utf8))
    guard case .endOfFile = try wire.client.sendFile(file, at: 10, count: 4) else {
      Issue.record("the end of the file does not show")
      return
    }
  }

  @Test("A receive of a whole large buffer fills it")
  func wholeBuffer() async throws {
    let link = try TLSWire.Link()
    try link.far.setNonBlocking(false)
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 999) }
    let (near, far, address) = (link.near, link.far, link.address)
    let sending = Task.detached {
      let client = try TLSClient(.pin(TLSWire.serverKeys.pin), identity: nil)
        .begin(with: PlainTransport(near), peer: address)
      while !client.isEstablished { try client.continueHandshake() }
      try client.sendAll(bytes)
      client.close()
    }
    let server = try TLSWire.server(.optional)
      .begin(with: PlainTransport(far), peer: address, received: [])
    while !server.isEstablished { try server.continueHandshake() }
    var received = [UInt8](repeating: 0, count: bytes.count)
    var done = 0
    while done < received.count {
      let result = try received.withUnsafeMutableBytes {
        try server.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[done...]), whole: true)
      }
      guard case .bytes(let count) = result else { break }
      done += count
    }
    try await sending.value
    #expect(received == bytes)
    #expect(try server.receiveOnce() == nil)
    server.close()
  }
}

@Suite("A handshake of TLS with a wrong peer")
struct TLSHandshakeTests {
  private static let changeCipherSpec: UInt8 = 20

  @Test("A client that finds another key sends a hello and an alert, and nothing else")
  func wrongPin() throws {
    let wire = try TLSWire(trust: .pin(TLSWire.clientKeys.pin))
    #expect(throws: TransportFailure.self) { try wire.handshake() }
    #expect(wire.client.presentedPin == TLSWire.serverKeys.pin)
    #expect(throws: TransportFailure.self) { try wire.client.sendAll([1, 2, 3]) }
    var wait = PollSet()
    _ = wait.add(wire.left.far, .read)
    try wait.wait(milliseconds: 10_000)
    try? wire.carry()
    let records = TLSWire.records(wire.fromClient).filter {
      $0.type != TLSHandshakeTests.changeCipherSpec
    }
    #expect(records.count == 2 && records[0].type == 22)
    // Two bytes of the alert, one of its type and 16 of the seal.
    #expect(records.last?.length ?? .max <= 24, "\(records)")
    #expect(!wire.server.isEstablished)
  }

  @Test("A client without a certificate is refused in the handshake, and told so")
  func noCertificate() throws {
    let wire = try TLSWire(hasIdentity: false)
    #expect(throws: TransportFailure.self) { try wire.handshake() }
    #expect(!wire.server.isEstablished)
    let failure = #expect(throws: TransportFailure.self) { try wire.hasEnded(wire.client) }
    #expect(failure?.description == "the receiver requires an identity of the client")
  }

  @Test("A client without a certificate is served where none is required")
  func optionalCertificate() throws {
    let wire = try TLSWire(hasIdentity: false, certificates: .optional)
    try wire.handshake()
    #expect(wire.server.peerPin == nil)
    #expect(try wire.server.peerChain.isEmpty)
  }

  @Test(
    "Bytes that are not a handshake are an error at once",
    arguments: [
      [22] + [UInt8](repeating: 0xff, count: 100), [22, 3, 1, 0, 5, 1, 0, 0, 1, 0],
      [22, 3, 1, 0xff, 0xff], [22, 3, 1, 0, 0, 22, 3, 1, 0, 2, 9, 9],
      Array("GET / HTTP/1.1\r\n\r\n".utf8),
    ] as [[UInt8]])
  func garbage(_ bytes: [UInt8]) throws {
    let link = try TLSWire.Link()
    defer { for end in [link.near, link.far] { try? end.close() } }
    let server = try TLSWire.server(.required)
    #expect(throws: TransportFailure.self) {
      let transport = try server.begin(
        with: PlainTransport(link.near), peer: link.address, received: bytes)
      link.far.shutdownSending()
      while !transport.isEstablished { try transport.continueHandshake() }
    }
  }

  @Test("A handshake in which the connection ends is a cut, after which a client may try again")
  func endInHandshake() throws {
    let link = try TLSWire.Link()
    defer { for end in [link.near, link.far] { try? end.close() } }
    let client = try TLSClient(.none, identity: nil)
      .begin(with: PlainTransport(link.near), peer: link.address)
    PlainTransport(link.far).shutdownSending()
    try expectCut(of: client)
  }

  /// Continues the handshake until it fails, which must be by a cut.
  private func expectCut(of client: TLSTransport) throws {
    let failure = #expect(throws: TransportFailure.self) {
      for _ in 0..<1_000_000 { try client.continueHandshake() }
    }
    guard case .cut = failure else {
      Issue.record("\(failure.map { "\($0)" } ?? "nil")")
      return
    }
  }

  @Test("A server that cannot sign ends the handshake, and its client may try again")
  func noSignature() throws {
    struct NoKey: Error {}
    let link = try TLSWire.Link()
    defer { try? link.near.close() }
    let server = try TLSServer(
      chain: [try TLSWire.serverKeys.certificate(named: "server")],
      key: RemoteKey([.ecdsaP256SHA256]) { _, _ in throw NoKey() }, client: .required)
    let client = try TLSClient(.none, identity: nil)
      .begin(with: PlainTransport(link.near), peer: link.address)
    let transport = try server.begin(
      with: PlainTransport(link.far), peer: link.address, received: [])
    #expect(throws: TransportFailure.self) {
      while !transport.isEstablished { try transport.continueHandshake() }
    }
    transport.close()
    #expect(!client.isEstablished)
    try expectCut(of: client)
  }
}
