import Foundation
import Testing

@Suite("A client that was revoked is not served", .timeLimit(.minutes(20)))
struct RevocationTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1_000_000)
  }

  @Test(
    "A revocation ends a running transfer, which is resumed after the client was accepted again")
  func runningTransferEnds() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let pin = try await user.pin()
      let options = ["--identity", user.home]
      try await HeldTransfer.run(
        receiver.server, file, "f", options: options, expectingReceipt: false
      ) { _ in
        #expect(try await receiver.clients("revoke", "cam7").status == 0)
        #expect(await receiver.log.line(with: "ended sessions of clients that were revoked") != nil)
        try await eventually { try await receiver.rows("reason") == ["unknown_client"] }
      }
      #expect(try await user.send(file).status == 77)
      #expect(try await receiver.clients("accept", pin, "--name", "cam7").status == 0)
      let resumed = try await receiver.native(
        options + ["send", file, "f", "--id", HeldTransfer.id])
      #expect(resumed["resumed_at"] as? Int ?? 0 > 0, "\(resumed)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("A client that connected before it was revoked, and greets after it, is refused")
  func earlyConnectionIsRefused() async throws {
    try await withIdentifiedReceiver("--header-timeout", "1h") { receiver in
      let user = try await receiver.joined("cam7")
      let table = ProcessTable(supervisor: receiver.pid)
      try await HeldClient.run("early_connection.py", [receiver.server, user.home, file]) { _ in
        // A session has its title when it has opened the list of clients.
        try await eventually { table.child("session 127.0.0.1") != nil }
        #expect(try await receiver.clients("revoke", "cam7").status == 0)
        #expect(await receiver.log.line(with: "reloading the certificate") != nil)
      } end: {
        #expect($0["status"] as? String == "refused", "\($0)")
      }
      #expect(try await receiver.rows("status") == [])
    }
  }

  @Test("A change of rights ends the connections that have the former ones, and no others")
  func changedRightsEndConnection() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let other = try await receiver.joined("cam8")
      let list = try String(contentsOfFile: "\(receiver.data)/clients", encoding: .utf8)
      let changed = list.replacingOccurrences(of: "\ncam8", with: " send=no\ncam8")
      try await HeldTransfer.run(
        receiver.server, file, "other", options: ["--identity", other.home]
      ) { _ in
        try await HeldTransfer.run(
          receiver.server, file, "f", options: ["--identity", user.home], expectingReceipt: false
        ) { _ in
          try await receiver.edit(changed)
          try await eventually { try await receiver.rows("reason") == ["unknown_client"] }
        }
      }
      #expect(try await user.send(file).objects.first?["reason"] as? String == "not_allowed")
      #expect(try await receiver.rows("client") == ["cam7", "cam8", "cam7"])
    }
  }
}
