import Foundation
import Testing

@Suite("A receiver with --access open", .timeLimit(.minutes(20)))
struct OpenAccessTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func pinOption(_ receiver: Receiver) async throws -> [String] {
    ["--server", receiver.server, "--pin", try await receiver.pin()]
  }

  @Test(
    "An enrolled client has its name and rights over TLS; another key, and none, have the address")
  func identitiesInOpenMode() async throws {
    let files = try ["a", "b", "c"].map { try directory.file($0, bytes: 10) }
    try await withReceiver { receiver in
      let known = try await receiver.joined("cam7", ["--prefix", "cams"])
      #expect(try await known.send(files[0]).status == 0)
      let unknown = try ClientUser(receiver)
      let sent = try await unknown.run(["send", files[1]] + pinOption(receiver))
      #expect(sent.status == 0, "\(sent.err)")
      #expect(try await receiver.send(files[2]).status == 0)
      #expect(
        try await receiver.rows("coalesce(client, client_ip) || ' ' || name") == [
          "cam7 cams/a", "127.0.0.1 b", "127.0.0.1 c",
        ])
      #expect(try await receiver.clients().lines.count == 1)
    }
  }

  @Test("A client whose line bars it does not become one without a line")
  func barredClientStaysBarred() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let pin = try await user.pin()
      try await receiver.edit("cam7 \(pin) expires=2020-01-01\n")
      #expect(try await user.send(file).status == 77)
      #expect(try await receiver.rows("name") == [])
    }
  }

  @Test("--open-from bounds it: outside of these networks only enrolled clients are served")
  func openFrom() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--open-from", "127.0.0.8/29") { receiver in
      let outside = try await receiver.native("send", file, "outside")
      #expect(outside["reason"] as? Int == 7, "\(outside)")
      let within = try await receiver.native("--bind", "127.0.0.9", "send", file, "within")
      #expect(within["status"] as? String == "received", "\(within)")
      let user = try await receiver.joined("cam7")
      #expect(try await user.send(file).status == 0)
      let stranger = try ClientUser(receiver)
      #expect(try await stranger.run(["send", file] + pinOption(receiver)).status == 77)
      #expect(try await receiver.rows("name") == ["within", "f"])
    }
  }

  @Test("It warns once at its start")
  func warning() async throws {
    let end = try await withReceiver { _ in }
    #expect(await end.log.count(of: "--access open") == 1)
  }
}
