import Foundation
import Testing

@Suite("The line of a client bounds what it may do", .timeLimit(.minutes(20)))
struct RightsTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 2000)
  }

  /// Sends a file as a client with these options of an invite, and returns the reason of the
  /// refusal; nil if the file was received.
  private func refusal(
    _ receiver: Receiver, _ options: [String], as name: String = "f"
  ) async throws -> String? {
    try await refusal(of: receiver.joined("cam7", options), as: name)
  }

  private func refusal(of user: ClientUser, as name: String = "f") async throws -> String? {
    let sent = try await user.send(file, "--as", name)
    let outcome = try #require(sent.objects.first, "\(sent.err)")
    return outcome["reason"] as? String
  }

  @Test("A client with send=no sends nothing")
  func sendNo() async throws {
    try await withIdentifiedReceiver { receiver in
      let reason = try await refusal(receiver, ["--send", "no"])
      #expect(reason == "not_allowed")
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A file beyond the client's max-file-size is refused, and one of just that size is received")
  func maxFileSize() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--max-file-size", "1999"])
      #expect(try await refusal(of: user) == "too_large")
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
      try await receiver.edit(
        String(contentsOfFile: "\(receiver.data)/clients", encoding: .utf8)
          .replacingOccurrences(of: "1999", with: "2000"))
      #expect(try await refusal(of: user) == nil)
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A name cannot leave the client's directory",
    arguments: ["../x", "/x", "a/../../x", "a//x", "./x", "", "..", "cam8/../../cam8/x"])
  func nameStaysBelowPrefix(_ name: String) async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--prefix", "cams/cam7"])
      let sent = try await receiver.native("--identity", user.home, "send", file, name)
      #expect(sent["reason"] as? Int == 6, "\(sent)")
      let published = try FileManager.default.subpathsOfDirectory(atPath: receiver.files)
      #expect(published.allSatisfy { !$0.hasSuffix("x") }, "\(published)")
    }
  }

  @Test("A link in the client's directory leads to no other directory")
  func linkBelowPrefixIsNotFollowed() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--prefix", "cam7"])
      try FileManager.default.createDirectory(
        atPath: receiver.published("cam7"), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: receiver.published("cam7/out"), withDestinationPath: directory.path)
      let sent = try await receiver.native("--identity", user.home, "send", file, "out/x")
      #expect(sent["status"] as? String == "refused", "\(sent)")
      #expect(!FileManager.default.fileExists(atPath: directory.path + "/x"))
    }
  }

  @Test("A client is refused from an address outside of its networks, and served from one within")
  func networks() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--from", "127.0.0.0/30"])
      let send = ["--identity", user.home, "send", file, "f"]
      let outside = try await receiver.native(["--bind", "127.0.0.9"] + send)
      #expect(outside["reason"] as? Int == 7, "\(outside)")
      let within = try await receiver.native(["--bind", "127.0.0.2"] + send)
      #expect(within["status"] as? String == "received", "\(within)")
    }
  }

  @Test("An invite for a network enrols no client of another one")
  func inviteIsForItsNetworks() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7", "--from", "10.0.0.0/8")
      #expect(try await ClientUser(receiver).run("join", invite).status == 77)
      #expect(try await receiver.clients().out == "")
    }
  }

  @Test(
    "A client has at most its share of the connections, from however many addresses, and others are served",
    arguments: [
      (["--max-connections", "8"], [], 6), (["--max-per-client", "1"], [], 1),
      (["--max-per-client", "1"], ["--sessions", "2"], 2),
    ])
  func sessions(settings: [String], options: [String], share: Int) async throws {
    try await withReceiver(settings, environment: ["XFERD_ACCESS": "identified"]) { receiver in
      let user = try await receiver.joined("cam7", options)
      let other = try await receiver.joined("cam8")
      let arguments = [receiver.server, user.home, "8"]
      try await HeldClient.run("many_sessions.py", arguments) { sessions in
        #expect(sessions["served"] as? Int == share)
        #expect(sessions["refusal"] as? [String: Int] == ["reason": 1, "retry_after": 2])
        let sent = try await other.send(file)
        #expect(sent.status == 0, "\(sent.err)")
      }
    }
  }

  @Test("A client whose access has ended is refused")
  func expired() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let pin = try await user.pin()
      try await receiver.edit("cam7 \(pin) expires=2020-01-01\n")
      let sent = try await user.run("send", file)
      #expect(sent.status == 77)
      #expect(sent.err.contains("the access of cam7 has ended"), "\(sent.err)")
      #expect(try await receiver.rows("status") == [])
    }
  }

  @Test("An access that ends during a connection ends with the next offer")
  func accessEndsDuringConnection() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let pin = try await user.pin()
      let end = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 2))
      try await receiver.edit("cam7 \(pin) expires=\(end)\n")
      let offers = try await Programs.python(
        "offer_until_refused.py", [receiver.server, user.home])
      #expect(offers.objects.last?["reason"] as? Int == 7, "\(offers.out)\(offers.err)")
    }
  }
}
