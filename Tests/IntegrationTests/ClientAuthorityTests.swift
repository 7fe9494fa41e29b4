import Foundation
import Testing

@Suite("--client-ca names the clients that its authority has signed", .timeLimit(.minutes(20)))
struct ClientAuthorityTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1000)
  }

  private func withReceiver(
    _ authority: Certificates, _ body: @Sendable (Receiver) async throws -> Void
  ) async throws {
    try await withIdentifiedReceiver("--client-ca", authority.authority, body: body)
  }

  private func send(_ identity: Certificates.Identity, to receiver: Receiver) async throws
    -> [String: Any]
  {
    try await receiver.native("--identity", identity.path, "send", file, "f")
  }

  @Test("A client is known by the first DNS name of its certificate, or else by its common name")
  func nameOfCertificate() async throws {
    let authority = try await Certificates()
    let common = try await authority.sign("cam7")
    let named = try await authority.sign("x", names: "DNS:cam8.example,DNS:cam9")
    try await withReceiver(authority) { receiver in
      let first = try await send(common, to: receiver)
      #expect(first["status"] as? String == "received")
      #expect(try await send(named, to: receiver)["reason"] as? Int == 5)
      #expect(try await receiver.rows("client") == ["cam7", "cam8.example"])
    }
  }

  @Test("A certificate of another authority, an expired one, and one without a name are refused")
  func otherCertificates() async throws {
    let authority = try await Certificates()
    let strangers = [
      try await Certificates().sign("cam7"), try await authority.sign("cam7", days: 0),
      try await authority.sign("10.0.0.1"),
    ]
    try await withReceiver(authority) { receiver in
      for stranger in strangers {
        let end = try await send(stranger, to: receiver)
        #expect(end["reason"] as? Int == 19, "\(end)")
        let pin = try await Certificates.pin(of: stranger.certificate)
        #expect(try await receiver.clients().out.contains("pending  \(pin)"))
      }
      #expect(try await receiver.rows("name") == [])
    }
  }

  @Test("A certificate with malformed purposes is that of a stranger, and no fault of the receiver")
  func malformedPurposes() async throws {
    let authority = try await Certificates()
    // A purpose must not be there twice.
    let line = "extendedKeyUsage=clientAuth,clientAuth"
    let strangers = [
      try await authority.sign("cam7", line: line),
      try await Certificates().sign("cam7", line: line),
    ]
    try await withReceiver(authority) { receiver in
      for stranger in strangers {
        let end = try await send(stranger, to: receiver)
        #expect(end["reason"] as? Int == 19, "\(end)")
      }
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("xfer_sessions_crashed_total 0"))
      #expect(await receiver.log.count(of: "session failed") == 0)
    }
  }

  @Test("A line without a key gives rights to a name, and takes them at once when it changes")
  func rightsOfName() async throws {
    let authority = try await Certificates()
    let identity = try await authority.sign("cam7")
    let large = try directory.file("large", bytes: 1_000_000)
    try await withReceiver(authority) { receiver in
      try await receiver.edit("cam7 - prefix=cams\n")
      #expect(try await send(identity, to: receiver)["status"] as? String == "received")
      #expect(sameContent(file, receiver.published("cams/f")))
      try await receiver.edit("")
      let options = ["--identity", identity.path]
      try await HeldTransfer.run(
        receiver.server, large, "large", options: options, expectingReceipt: false
      ) { _ in
        // A list that says nothing of the client leaves its connection as it is.
        #expect(try await receiver.clients("reload").status == 0)
        try await receiver.edit("cam7 - expires=2020-01-01\n")
        try await eventually { try await receiver.rows("reason").last == "unknown_client" }
      }
      let end = try await send(identity, to: receiver)
      #expect(end["sentence"] as? String == "the access of cam7 has ended", "\(end)")
    }
  }

  @Test("A certificate does not take the name of a client with a key of its own")
  func nameOfAnotherClient() async throws {
    let authority = try await Certificates()
    let identity = try await authority.sign("cam7")
    try await withReceiver(authority) { receiver in
      _ = try await receiver.joined("cam7")
      let end = try await send(identity, to: receiver)
      #expect(end["reason"] as? Int == 7)
      #expect((end["sentence"] as? String)?.contains("a key of its own") == true, "\(end)")
    }
  }
}
