import Foundation
import Testing

@Suite("A sender sends nothing to a receiver that it does not trust", .timeLimit(.minutes(20)))
struct ReceiverTrustTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1000)
  }

  private static let handshake = 22
  private static let changeCipherSpec = 20

  @Test("Nothing of an invite is said to a receiver with another key: a client hello and an alert")
  func joinSaysNothingToAnotherReceiver() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7")
      var parts = invite.split(separator: "/").map(String.init)
      parts[1] = "{}"
      parts[2] = String(repeating: "A", count: 43)
      let end = try await record(
        receiver, [Programs.directory + "/xferctl", "join", parts.joined(separator: "/")],
        as: ClientUser(receiver))
      #expect(end["status"] as? Int == 77)
      #expect((end["err"] as? String)?.contains("retrying") == false)
      let records = try #require(end["records"] as? [[Int]])
      let others = records.filter { $0[0] != ReceiverTrustTests.changeCipherSpec }
      #expect(others.first?[0] == ReceiverTrustTests.handshake)
      // An alert has two bytes; the record of a client's Finished would have 53 and more.
      #expect(others.count == 2 && others[1][1] <= 24, "\(records)")
      let sent = try #require(end["sent"] as? String)
      #expect(!sent.contains(parts[3].split(separator: "-")[1]))
      #expect(try await receiver.clients().out == "")
    }
  }

  @Test("A receiver whose key has changed is refused, with the former and the new fingerprint")
  func changedKeyIsRefused() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let list = try String(contentsOfFile: user.home + "/receivers", encoding: .utf8)
      try await withIdentifiedReceiver { other in
        let moved = list.replacingOccurrences(of: receiver.server, with: "@")
        let pins = (try await receiver.pin(), try await other.pin())
        try Data(moved.utf8).write(to: URL(fileURLWithPath: user.home + "/receivers"))
        let edit = #"sed -i "s/@/$0/" "$XFER_HOME/receivers" && exec "$@""#
        let send = [Programs.directory + "/xferctl", "send", file, "--retry-for", "0s"]
        let end = try await record(other, ["sh", "-c", edit, "{}"] + send, as: user)
        #expect(end["status"] as? Int == 77)
        let err = try #require(end["err"] as? String)
        #expect(err.contains("\(pins.1), and \(pins.0) was expected; nothing was sent"), "\(err)")
        #expect(try await other.clients().out == "")
      }
    }
  }

  /// Runs a command through a relay that records its bytes. The address of the relay takes the
  /// place of {} in the command.
  private func record(
    _ receiver: Receiver, _ command: [String], as user: ClientUser
  ) async throws -> [String: Any] {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      ["python3", Programs.clients + "/recording_relay.py", receiver.server, "--"] + command,
      user.environment)
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  @Test(
    "Without a terminal an unknown receiver is refused, and the message names the ways to trust it")
  func firstContactWithoutTerminal() async throws {
    try await withIdentifiedReceiver { receiver in
      let sent = try await ClientUser(receiver).run("send", file, "--server", receiver.server)
      #expect(sent.status == 64)
      for way in ["xferctl join", "--pin", "--ca"] { #expect(sent.err.contains(way)) }
      #expect(try await receiver.clients().out == "")
    }
  }

  @Test("On a terminal a person who says yes is asked once, and one who says no trusts nothing")
  func firstContactOnTerminal() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try ClientUser(receiver)
      let pin = try await receiver.pin()
      let send = [
        Programs.directory + "/xferctl", "send", file, "--server", receiver.server, "--quiet",
      ]
      func answer(_ word: String) async throws -> (status: Int?, output: String) {
        let outcome = try await Programs.run(
          "/usr/bin/env", ["python3", Programs.clients + "/on_terminal.py", word] + send,
          user.environment)
        let end = try #require(outcome.objects.last, "\(outcome.err)")
        return (end["status"] as? Int, end["output"] as? String ?? "")
      }
      for word in ["no", "", "y"] {
        let end = try await answer(word)
        #expect(end.status == 77 && end.output.contains(pin), "\(end)")
        #expect(try await user.run("receivers").out == "")
      }
      #expect(try await receiver.clients().out == "")
      let pinOfUser = try await user.pin()
      #expect(try await receiver.clients("accept", pinOfUser, "--name", "cam7").status == 0)
      #expect(try await answer("yes").status == 0)
      #expect(try await user.run("receivers").out.contains(pin))
      let again = try await answer("no")
      #expect(again.status == 0 && !again.output.contains("[yes/no]"), "\(again)")
    }
  }

  @Test(
    "--plain sends nothing to a receiver that is known by a key, with or without the usual port",
    arguments: ["localhost", "localhost:5005"])
  func plainLeavesKnownReceiver(server: String) async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try ClientUser(receiver)
      let invite = try await receiver.invite("cam7")
      #expect(try await user.run("join", invite, "--as", "localhost:5005").status == 0)
      let sent = try await user.send(file, "--server", server, "--plain")
      #expect(sent.status == 64)
      #expect(sent.err.contains("--plain does not use the receiver \"localhost:5005\""))
    }
  }

  @Test("--pin takes both forms of a fingerprint, and refuses a receiver with another key")
  func pinOption() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let pin = try await receiver.pin()
      let data = try #require(Data(base64Encoded: String(pin.dropFirst("sha256//".count))))
      let hex = data.map { String(format: "%02x", $0) }.joined()
      for text in [pin, hex, hex.uppercased()] {
        let sent = try await user.run("send", file, "--server", receiver.server, "--pin", text)
        #expect(sent.status == 0, "\(sent.err)")
      }
      let own = try await user.pin()
      let sent = try await user.run("send", file, "--server", receiver.server, "--pin", own)
      #expect(sent.status == 77)
      #expect(sent.err.contains("the receiver's key is \(pin), and \(own) was expected"))
    }
  }
}
