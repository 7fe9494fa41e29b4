import Foundation
import Testing

@Suite(
  "A receiver with --access identified serves enrolled clients alone", .timeLimit(.minutes(20)))
struct RefusedClientTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1000)
  }

  /// Expects that nothing of a refused client is there.
  private func expectNothing(_ receiver: Receiver) async throws {
    #expect(try await receiver.rows("name") == [])
    #expect(receiver.arriving.isEmpty)
  }

  @Test("A native client without TLS is refused as not allowed")
  func plainNativeIsRefused() async throws {
    try await withIdentifiedReceiver { receiver in
      let end = try await receiver.native("send", file, "f")
      #expect(end["reason"] as? Int == 7, "\(end)")
      #expect((end["sentence"] as? String)?.contains("xferctl join") == true)
      let sent = try await Programs.xferctl("send", file, "--server", receiver.server)
      #expect(sent.status == 77, "\(sent.err)")
      try await expectNothing(receiver)
    }
  }

  @Test("A classic client is refused with its word")
  func classicIsRefused() async throws {
    try await withIdentifiedReceiver { receiver in
      let end = try await receiver.classic("send", file)
      #expect(end.objects.last?["status"] as? String == "refused", "\(end.out)\(end.err)")
      #expect(await receiver.log.line(with: "reason=not_allowed") != nil)
      try await expectNothing(receiver)
    }
  }

  @Test("A client of TLS without a certificate is refused in the handshake")
  func absentCertificateEndsHandshake() async throws {
    try await withIdentifiedReceiver { receiver in
      let command = "openssl s_client -connect \(receiver.server) -ign_eof </dev/null 2>&1"
      let end = try await Programs.run("/usr/bin/env", ["sh", "-c", command])
      #expect(end.out.contains("certificate required"), "\(end.out)")
      #expect(await receiver.log.line(with: "reason=handshake") != nil)
    }
  }

  @Test("A key that is not enrolled is refused and shown, and served after it was accepted")
  func unknownKeyIsAccepted() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try ClientUser(receiver)
      let pin = try await user.pin()
      let receiverPin = try await receiver.pin()
      let options = ["--server", receiver.server, "--pin", receiverPin]
      let refused = try await user.run(["send", file] + options)
      #expect(refused.status == 77, "\(refused.err)")
      #expect(refused.err.contains(pin), "\(refused.err)")
      try await expectNothing(receiver)
      let pending = try await receiver.clients().out
      #expect(pending.hasPrefix("pending  \(pin)  127.0.0.1  first "), "\(pending)")
      #expect(try await receiver.clients("accept", pin, "--name", "cam7").status == 0)
      #expect(try await receiver.clients().out == "cam7 \(pin)\n")
      let sent = try await user.run(["send", file] + options)
      #expect(sent.status == 0, "\(sent.err)")
      #expect(try await receiver.rows("client") == ["cam7"])
    }
  }

  @Test("A client that OpenSSL encrypts for is served like xferctl")
  func otherImplementationOfTLSIsServed() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let sent = try await receiver.native("--identity", user.home, "send", file, "f")
      #expect(sent["status"] as? String == "received", "\(sent)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "However strangers fail, the log has a line a second for each reason, and all are counted",
    arguments: ["ff58465200000000", "00"])
  func manyFailuresAreFewLines(start: String) async throws {
    try await withIdentifiedReceiver { receiver in
      let crowd = try await Programs.python(
        "failing_strangers.py", [receiver.server, start, "120"])
      #expect(crowd.status == 0, "\(crowd.err)")
      let counter = "xfer_connection_failures_total{reason=\"not_allowed\"} 120\n"
      try await eventually { try await receiver.page("/metrics").body.contains(counter) }
      #expect(await receiver.log.count(of: "reason=not_allowed") < 60)
      try await eventually {
        _ = try await receiver.native("ping")
        return await receiver.log.count(of: "others=") > 0
      }
    }
  }

  @Test("The classic protocol is not spoken inside of TLS")
  func classicIsRefusedInTLS() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let end = try await Programs.python(
        "encrypted_client.py", [receiver.server, user.home, "send", "662031300a30313233"])
      #expect(end.objects.last?["received"] as? String == "", "\(end.out)\(end.err)")
      #expect(await receiver.log.line(with: "reason=malformed") != nil)
      try await expectNothing(receiver)
    }
  }

  @Test("A client of TLS 1.2 is refused in the handshake")
  func formerVersionOfTLS() async throws {
    try await withIdentifiedReceiver { receiver in
      let command = "openssl s_client -connect \(receiver.server) -tls1_2 </dev/null 2>&1"
      let end = try await Programs.run("/usr/bin/env", ["sh", "-c", command])
      #expect(end.out.contains("alert protocol version"), "\(end.out)")
      #expect(await receiver.log.line(with: "reason=handshake") != nil)
    }
  }

  @Test(
    "A long chain of certificates is refused, and holds no session", arguments: [9, 31, 41, 60])
  func longChain(_ length: Int) async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let path = user.home + "/certificate.pem"
      let certificate = try String(contentsOfFile: path, encoding: .utf8)
      let chain = String(repeating: certificate, count: length)
      try Data(chain.utf8).write(to: URL(fileURLWithPath: path))
      let end = try await Programs.python(
        "encrypted_client.py", [receiver.server, user.home, "send", "ff584652"])
      #expect(end.objects.last?["received"] as? String == "", "\(end.out)\(end.err)")
      #expect(await receiver.log.line(with: "reason=handshake") != nil)
      let table = ProcessTable(supervisor: receiver.pid)
      try await eventually { table.child("session") == nil }
    }
  }
}
