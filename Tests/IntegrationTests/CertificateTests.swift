import Foundation
import Testing

@Suite("A receiver with a certificate of an authority", .timeLimit(.minutes(20)))
struct CertificateTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1000)
  }

  private static func options(_ identity: Certificates.Identity) -> [String] {
    ["--certificate", identity.certificate, "--key", identity.key]
  }

  private func send(_ user: ClientUser, to host: String, of receiver: Receiver, ca: String)
    async throws -> Outcome
  {
    let port = receiver.server.split(separator: ":").last ?? ""
    return try await user.run(
      "send", file, "--server", "\(host):\(port)", "--ca", ca, "--retry-for", "0s")
  }

  /// Starts a receiver with this certificate, and enrols a user.
  private func withReceiver(
    _ identity: Certificates.Identity,
    _ body: @Sendable (Receiver, ClientUser) async throws -> Void
  ) async throws {
    let options = CertificateTests.options(identity)
    try await IntegrationTests.withReceiver(options, environment: ["XFERD_ACCESS": "identified"]) {
      let user = try ClientUser($0)
      #expect(try await $0.clients("accept", user.pin(), "--name", "cam7").status == 0)
      try await body($0, user)
    }
  }

  @Test("--ca trusts it by the host name and by the address that the certificate names")
  func hostIsNamed() async throws {
    let authority = try await Certificates()
    let identity = try await authority.sign("x", names: "DNS:localhost,IP:127.0.0.1")
    let ca = authority.authority
    try await withReceiver(identity) { receiver, user in
      for host in ["localhost", "127.0.0.1"] {
        let sent = try await send(user, to: host, of: receiver, ca: ca)
        #expect(sent.status == 0, "\(sent.err)")
      }
    }
  }

  @Test("--ca refuses a certificate for another host, and one of another authority")
  func otherHostOrAuthorityIsRefused() async throws {
    let authority = try await Certificates()
    let other = try await Certificates()
    let ca = authority.authority
    let identity = try await authority.sign("localhost", names: "DNS:other.example,IP:127.0.0.9")
    try await withReceiver(identity) { receiver, user in
      for host in ["localhost", "127.0.0.1"] {
        for file in [ca, other.authority] {
          let sent = try await send(user, to: host, of: receiver, ca: file)
          #expect(sent.status == 69, "\(host): \(sent.err)")
        }
      }
      #expect(try await receiver.rows("name") == [])
    }
  }

  @Test(
    "Keys of each kind work, and the fingerprint is that of the certificate",
    arguments: [Certificates.p256, Certificates.p384, Certificates.p521, Certificates.rsa])
  func kindsOfKeys(_ key: String) async throws {
    let identity = try await Certificates().sign("x", key: key)
    let pin = try await Certificates.pin(of: identity.certificate)
    try await withReceiver(identity) { receiver, user in
      #expect(try await receiver.pin() == pin)
      let sent = try await user.run("send", file, "--server", receiver.server, "--pin", pin)
      #expect(sent.status == 0, "\(sent.err)")
    }
  }

  @Test("A receiver with the key of another certificate does not start, and names both files")
  func keyOfAnotherCertificate() async throws {
    let authority = try await Certificates()
    let (one, two) = (try await authority.sign("a"), try await authority.sign("b"))
    let end = try await runReceiver([
      "--data", directory.path + "/data", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
      "--certificate", one.certificate, "--key", two.key,
    ])
    #expect(end.status == 78)
    #expect(
      end.err.contains("\(two.key): it is not the key of the certificate in \(one.certificate)"))
  }

  @Test("SIGHUP serves a new certificate, and keeps the former one if the new one cannot be used")
  func reload() async throws {
    let authority = try await Certificates()
    let (first, second) = (try await authority.sign("a"), try await authority.sign("b"))
    let pins = (
      try await Certificates.pin(of: first.certificate),
      try await Certificates.pin(of: second.certificate)
    )
    try await withReceiver(first) { receiver, user in
      func expectServed(_ pin: String) async throws {
        let sent = try await user.run("send", file, "--server", receiver.server, "--pin", pin)
        #expect(sent.status == 0, "\(sent.err)")
      }
      try await expectServed(pins.0)
      for name in ["certificate.pem", "key.pem"] {
        let text = try String(contentsOfFile: second.path + "/" + name, encoding: .utf8)
        try Data(text.utf8).write(to: URL(fileURLWithPath: first.path + "/" + name))
      }
      receiver.signal(SIGHUP)
      let line = await receiver.log.line(with: "read the certificate again")
      #expect(line?.contains(pins.1) == true, "\(line ?? "")")
      try await expectServed(pins.1)
      try Data("no certificate".utf8).write(to: URL(fileURLWithPath: first.certificate))
      receiver.signal(SIGHUP)
      #expect(await receiver.log.line(with: "keeps the former certificate") != nil)
      try await expectServed(pins.1)
    }
  }

  @Test("The health check works with a certificate of an authority")
  func healthCheck() async throws {
    let identity = try await Certificates().sign("x")
    try await withReceiver(identity) { receiver, _ in
      let health = try await Programs.run(
        Programs.directory + "/xferd", ["health", "--data", receiver.data],
        ["XFERD_CERTIFICATE": identity.certificate, "XFERD_LISTEN": receiver.server])
      #expect(health.status == 0, "\(health.err)")
      #expect(try await receiver.clients().out.hasPrefix("cam7 "))
      #expect(try await receiver.clients().lines.count == 1)
    }
  }

  @Test("Invites and the health check know a certificate that only the receiver's options name")
  func commandsKnowCertificate() async throws {
    let authority = try await Certificates()
    let (first, second) = (try await authority.sign("a"), try await authority.sign("b"))
    try await withReceiver(first) { receiver, _ in
      func expectKnown(as name: String) async throws {
        let user = try await receiver.joined(name)
        #expect(try await user.send(file, "--as", name).status == 0)
        let health = try await Programs.xferd(
          "health", "--data", receiver.data, "--listen", receiver.server)
        #expect(health.status == 0, "\(health.err)")
      }
      try await expectKnown(as: "before")
      for name in ["certificate.pem", "key.pem"] {
        let text = try String(contentsOfFile: second.path + "/" + name, encoding: .utf8)
        try Data(text.utf8).write(to: URL(fileURLWithPath: first.path + "/" + name))
      }
      receiver.signal(SIGHUP)
      #expect(await receiver.log.line(with: "read the certificate again") != nil)
      try await expectKnown(as: "after")
    }
  }

  @Test("A file of authorities that is missing or has none is named, and nothing is retried")
  func unusableAuthorities() async throws {
    let empty = try directory.text("empty.pem", "no certificate")
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      for path in [empty, directory.path + "/none.pem"] {
        let sent = try await send(user, to: "localhost", of: receiver, ca: path)
        #expect(sent.status == 69)
        #expect(sent.err.contains("\(path): "), "\(sent.err)")
      }
    }
  }
}
