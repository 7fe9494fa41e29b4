import Foundation
import Testing

@Suite("An invite enrols as many clients as it says, and no others", .timeLimit(.minutes(20)))
struct InviteTests {
  /// Expects that nobody is enrolled by this line.
  private func expectRefused(
    _ invite: String, by receiver: Receiver, with words: String, status: Int32 = 77
  ) async throws {
    let user = try ClientUser(receiver)
    let outcome = try await user.run("join", invite)
    #expect(outcome.status == status)
    #expect(outcome.err.contains(words), "\(outcome.err)")
    #expect(!outcome.err.contains("retrying"), "\(outcome.err)")
    #expect(!FileManager.default.fileExists(atPath: user.home + "/receivers"))
  }

  @Test("A used up invite enrols no further client")
  func usedUp() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7")
      #expect(try await ClientUser(receiver).run("join", invite).status == 0)
      try await expectRefused(invite, by: receiver, with: "used up or expired")
      #expect(try await receiver.clients().lines.count == 1)
    }
  }

  @Test(
    "A client that gives the name of a revoked one gets another name, and nothing of that one",
    arguments: ["{hostname}", "cam"])
  func knownNameIsNotGiven(name: String) async throws {
    let directory = try TemporaryDirectory()
    try await withIdentifiedReceiver { receiver in
      for former in ["cam", "cam-2"] {
        let user = try await receiver.joined(former)
        #expect(try await user.send(directory.file(former, bytes: 10)).status == 0)
      }
      // The operator's own choice of a name is another matter: see `operatorGivesKnownName`.
      let other = try await receiver.invite(name, "--uses", "2")
      #expect(try await receiver.clients("revoke", "cam-2").status == 0)
      if name == "{hostname}" { #expect(try await receiver.clients("revoke", "cam").status == 0) }
      let user = try ClientUser(receiver)
      #expect(try await user.run("join", other, "--hostname", "cam").status == 0)
      #expect(try await receiver.clients().lines.last?.hasPrefix("cam-3 ") == true)
      #expect(try await user.run("history").out.contains("cam") == false)
    }
  }

  @Test("A name that the operator gives to another key goes on with what was the former client's")
  func operatorGivesKnownName() async throws {
    let directory = try TemporaryDirectory()
    try await withIdentifiedReceiver { receiver in
      let former = try await receiver.joined("cam7")
      #expect(try await former.send(directory.file("f", bytes: 10)).status == 0)
      #expect(try await receiver.clients("revoke", "cam7").status == 0)
      let user = try await receiver.joined("cam7")
      #expect(try await user.run("history", "--format", "jsonl").lines.count == 1)
    }
  }

  @Test("An expired invite enrols no client")
  func expired() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7", "--ttl", "1s")
      let list = ["invite", "--list", "--data", receiver.data]
      try await eventually { try await Programs.xferd(list).out == "" }
      try await expectRefused(invite, by: receiver, with: "used up or expired")
      #expect(try await receiver.clients().out == "")
    }
  }

  @Test("A cancelled invite enrols no client, and the other invites stay")
  func cancelled() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7")
      let other = try await receiver.invite("cam8")
      let id = invite.split(separator: "/")[3].split(separator: "-")[0]
      let cancel = ["invite", "--cancel", String(id), "--data", receiver.data]
      #expect(try await Programs.xferd(cancel).status == 0)
      #expect(try await Programs.xferd(cancel).status == 74)
      try await expectRefused(invite, by: receiver, with: "used up or expired")
      #expect(try await ClientUser(receiver).run("join", other).status == 0)
    }
  }

  @Test("A machine that starts before the receiver joins as soon as that runs")
  func receiverStartsLater() async throws {
    let directory = try TemporaryDirectory()
    let (data, server) = (directory.path + "/data", "127.0.0.1:\(try FreePort.find())")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let made = try await Programs.xferd("invite", "cam7", "--data", data, "--address", server)
    let invite = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
    let user = try ClientUser(server)
    let joining = Task { try await user.run("join", invite) }
    // The first try meets a program that is no receiver yet, and ends the connection.
    _ = try await Programs.python("closing_server.py", [server])
    try await withIdentifiedReceiver("--listen", server, data: data) { receiver in
      let outcome = try await joining.value
      #expect(outcome.status == 0 && outcome.err.contains("retrying in"), "\(outcome.err)")
      #expect(try await receiver.clients().out.hasPrefix("cam7 "))
    }
  }

  @Test("A machine that cannot reach the receiver gives up after --retry-for, and is not joined")
  func receiverNeverStarts() async throws {
    try await withIdentifiedReceiver { receiver in
      let server = "127.0.0.1:\(try FreePort.find())"
      let invite = try await receiver.invite("cam7")
        .replacingOccurrences(of: receiver.server, with: server)
      let user = try ClientUser(server)
      let outcome = try await user.run("join", invite, "--retry-for", "1s")
      #expect(outcome.status == 69 && outcome.err.contains("retrying in"), "\(outcome.err)")
      #expect(!FileManager.default.fileExists(atPath: user.home + "/receivers"))
    }
  }

  @Test("A wrong secret enrols no client and takes no use")
  func wrongSecret() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7")
      let last = invite.last == "0" ? "1" : "0"
      try await expectRefused(
        invite.dropLast() + last, by: receiver, with: "the secret of the invite is wrong")
      #expect(try await ClientUser(receiver).run("join", invite).status == 0)
    }
  }

  @Test("A line that is cut or of another version is not an invite", arguments: [0, 10, 60, 100])
  func cutInvite(length: Int) async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("cam7")
      try await expectRefused(
        String(invite.prefix(length)), by: receiver, with: "not a whole invite", status: 64)
      try await expectRefused(
        "xfer2" + invite.dropFirst(5), by: receiver, with: "of another version", status: 64)
    }
  }

  @Test("Of 50 machines that join at once with 40 uses, 40 are enrolled under names of their own")
  func manyJoinAtOnce() async throws {
    try await withIdentifiedReceiver { receiver in
      let invite = try await receiver.invite("{hostname}", "--uses", "40", "--prefix", "{name}")
      let joins = (0..<50).map { _ in Task { try await ClientUser(receiver).run("join", invite) } }
      var statuses: [Int32] = []
      for join in joins { statuses.append(try await join.value.status) }
      #expect(statuses.count { $0 == 0 } == 40)
      #expect(statuses.count { $0 == 77 } == 10)
      let names = try await receiver.clients().lines.compactMap { $0.split(separator: " ").first }
      #expect(names.count == 40 && Set(names).count == 40)
      let invites = try String(contentsOfFile: "\(receiver.data)/invites", encoding: .utf8)
      #expect(invites == "")
    }
  }

  @Test("A killed recorder enrols no client twice, and a client that tries again is enrolled")
  func recorderIsKilled() async throws {
    try await withIdentifiedReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      let invite = try await receiver.invite("{hostname}", "--uses", "20")
      let joins = (0..<10).map { _ in
        Task { () -> Int32 in
          let user = try ClientUser(receiver)
          var status: Int32 = -1
          while status != 0 { status = try await user.run("join", invite).status }
          return status
        }
      }
      try await eventually { try await !receiver.clients().out.isEmpty }
      kill(try #require(table.child("recorder")), SIGKILL)
      for join in joins { #expect(try await join.value == 0) }
      let lines = try await receiver.clients().lines.filter { !$0.hasPrefix("pending") }
      #expect(lines.count == 10)
      #expect(Set(lines.map { $0.split(separator: " ")[1] }).count == 10)
    }
  }
}
