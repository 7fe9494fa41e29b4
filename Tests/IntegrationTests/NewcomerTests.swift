import Foundation
import Testing

@Suite("A newcomer joins by one line", .timeLimit(.minutes(20)))
struct NewcomerTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "After invite and join, a file arrives encrypted below the client's directory, and the history names the client"
  )
  func newcomerSends() async throws {
    let file = try directory.file("f", bytes: 100_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--prefix", "cams/{name}/"])
      let sent = try await user.send(file)
      #expect(sent.status == 0, "\(sent.err)")
      #expect(sameContent(file, receiver.published("cams/cam7/f")))
      let row = "client || ' ' || client_ip || ' ' || name || ' ' || status"
      #expect(try await receiver.rows(row) == ["cam7 127.0.0.1 cams/cam7/f completed"])
      #expect(await receiver.log.line(with: "received client=cam7 address=127.0.0.1") != nil)
    }
  }

  @Test("The first start says in three lines how to let a client in, and a later one does not")
  func firstStartTellsNextStep() async throws {
    let data = directory.path + "/data"
    let told = ["xferd invite NAME --data", "xferctl join INVITE", "xferctl send FILE"]
    try await withIdentifiedReceiver(data: data) { receiver in
      for words in told { #expect(await receiver.log.line(with: words) != nil) }
      _ = try await receiver.joined("cam7")
    }
    let second = try await withIdentifiedReceiver(data: data) { _ in }
    for words in told { #expect(await second.log.count(of: words) == 0) }
  }

  @Test("A client that joins again keeps its name, and the invite keeps its use")
  func joiningAgainChangesNothing() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7", "--uses", "2")
      let first = try ClientUser(receiver)
      #expect(try await first.run("join", invite).out.contains(" as cam7\n"))
      #expect(try await first.run("join", invite).out.contains(" as cam7\n"))
      #expect(try await ClientUser(receiver).run("join", invite).out.contains(" as cam7-2\n"))
      #expect(try await receiver.clients().lines.count == 2)
    }
  }

  @Test("A client is served after a restart of the receiver as before")
  func enrolmentSurvivesRestart() async throws {
    let file = try directory.file("f", bytes: 1000)
    let data = directory.path + "/data"
    let port = "127.0.0.1:\(try FreePort.find())"
    let users = Users()
    try await withIdentifiedReceiver("--listen", port, data: data) { receiver in
      await users.add(try await receiver.joined("cam7"))
    }
    try await withIdentifiedReceiver("--listen", port, data: data) { receiver in
      for user in await users.all { #expect(try await user.send(file).status == 0) }
      let clients = try await receiver.rows("client")
      #expect(clients == ["cam7"])
    }
  }

  @Test("A client that has joined resumes and is known by its name from another address")
  func clientMayChangeItsAddress() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let words = ["send", file, "f", "--id", HeldTransfer.id]
      let first = ["--identity", user.home] + words + ["--stop-after", "400000"]
      #expect(try await receiver.native(first)["status"] as? String == "stopped")
      try await eventually { try await receiver.rows("reason") == ["cut"] }
      let second = try await receiver.native(
        ["--bind", "127.0.0.9", "--identity", user.home] + words)
      #expect(second["resumed_at"] as? Int ?? 0 > 0, "\(second)")
      let row = "client || ' ' || client_ip || ' ' || status"
      #expect(
        try await receiver.rows(row) == ["cam7 127.0.0.1 failed", "cam7 127.0.0.9 completed"])
    }
  }

  @Test("The same transfer id of two clients is two transfers")
  func transferIDsOfTwoClientsAreApart() async throws {
    let one = try directory.file("one", bytes: 1000, seed: 1)
    let two = try directory.file("two", bytes: 1000, seed: 2)
    try await withIdentifiedReceiver { receiver in
      for (name, file) in [("a", one), ("b", two)] {
        let user = try await receiver.joined(name, ["--prefix", name])
        let sent = try await receiver.native(
          "--identity", user.home, "send", file, "f", "--id", HeldTransfer.id)
        #expect(sent["repeated"] as? Bool == false, "\(sent)")
      }
      #expect(sameContent(one, receiver.published("a/f")))
      #expect(sameContent(two, receiver.published("b/f")))
    }
  }
}

/// Users that one receiver leaves to the next.
private actor Users {
  private(set) var all: [ClientUser] = []
  func add(_ user: ClientUser) { all.append(user) }
}
