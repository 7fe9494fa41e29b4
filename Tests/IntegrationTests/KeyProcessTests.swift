import Foundation
import Testing

@Suite("The receiver's private key is in one process", .timeLimit(.minutes(20)))
struct KeyProcessTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The number of copies of the receiver's key in the memory of each process.
  private func copies(_ receiver: Receiver, _ pids: [pid_t]) async throws -> [String: Int] {
    let outcome = try await Programs.python(
      "memory_search.py", ["\(receiver.data)/identity/key.pem"] + pids.map { "\($0)" })
    return try #require(outcome.objects.last as? [String: Int], "\(outcome.err)")
  }

  @Test(
    "No other process has the key in its memory or a descriptor of its file, in a connection that it signed",
    .enabled(if: getuid() == 0))
  func onlyKeysProcessHasTheKey() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      try await HeldTransfer.run(
        receiver.server, file, "f", options: ["--identity", user.home]
      ) { _ in
        let table = ProcessTable(supervisor: receiver.pid)
        let keys = try #require(table.child("keys"))
        let others = table.children.map(\.pid).filter { $0 != keys } + [receiver.pid]
        #expect(others.count == 4, "\(table.children)")
        let copies = try await copies(receiver, others + [keys])
        #expect(copies["\(keys)"] ?? 0 > 0, "the search finds the key where it is")
        for pid in others {
          #expect(copies["\(pid)"] == 0)
          #expect(!ProcessTable.descriptors(of: pid).contains { $0.contains("/identity") })
        }
      }
    }
  }

  @Test("The process has one thread, and holds its signals and its listener")
  func descriptors() async throws {
    try await withIdentifiedReceiver { receiver in
      let keys = try #require(ProcessTable(supervisor: receiver.pid).child("keys"))
      let held = ProcessTable.descriptors(of: keys).map { $0.hasPrefix("socket") ? "socket" : $0 }
      #expect(held.sorted() == ["anon_inode:[signalfd]", "socket"])
      #expect(ProcessTable.threads(of: keys) == 1)
    }
  }

  @Test("If it is killed, it is started again, and a connection meanwhile waits for it")
  func killedProcessIsRestarted() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let table = ProcessTable(supervisor: receiver.pid)
      let keys = try #require(table.child("keys"))
      kill(keys, SIGKILL)
      #expect(try await user.send(file).status == 0)
      #expect(try #require(table.child("keys")) != keys)
      #expect(try await receiver.page("/metrics").body.contains("\nxfer_keys_starts_total 2\n"))
    }
  }

  @Test("A connection with a complete handshake does not need it")
  func establishedConnectionGoesOn() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      try await HeldTransfer.run(
        receiver.server, file, "f", options: ["--identity", user.home]
      ) { _ in
        let keys = try #require(ProcessTable(supervisor: receiver.pid).child("keys"))
        kill(keys, SIGKILL)
      }
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "The secret of an invite and the private keys are in no log, history or title of the receiver")
  func secretsAreNowhere() async throws {
    let file = try directory.file("f", bytes: 1000)
    let end = try await withIdentifiedReceiver("--log-level", "debug", data: directory.path + "/d")
    { receiver in
      let invite = try await receiver.invite("{hostname}", "--uses", "5")
      let secret = try #require(invite.split(separator: "-").last)
      let user = try ClientUser(receiver)
      #expect(try await user.run("join", invite).status == 0)
      #expect(try await user.run("join", String(invite.dropLast() + "x")).status != 0)
      #expect(try await user.send(file).status == 0)
      try await expectAbsent(String(secret), receiver)
      for path in [user.home, receiver.data + "/identity"] {
        let key = try String(contentsOfFile: path + "/key.pem", encoding: .utf8)
        try await expectAbsent(String(key.split(separator: "\n")[1]), receiver, besides: "key.pem")
      }
      let titles = ProcessTable(supervisor: receiver.pid).children.map(\.title).joined()
      #expect(!titles.contains(secret))
    }
    #expect(await end.log.count(of: "PRIVATE KEY") == 0)
  }

  @Test(
    "The list of processes shows no secret of a client that waits to join, and it joins then",
    arguments: [true, false])
  func joiningShowsNoSecret(isArgument: Bool) async throws {
    let (data, server) = (directory.path + "/data", "127.0.0.1:\(try FreePort.find())")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let made = try await Programs.xferd("invite", "cam7", "--data", data, "--address", server)
    let invite = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
    let user = try ClientUser(server)
    let variables = user.environment.merging(["XFER_INVITE": isArgument ? "" : invite]) { $1 }
    let words = ["join"] + (isArgument ? [invite] : [])
    let joining = Task {
      try await Programs.run(Programs.directory + "/xferctl", words, variables)
    }
    // The first try meets a program that ends the connection; the client waits for the next one.
    _ = try await Programs.python("closing_server.py", [server])
    let lines = ProcessTable.commandLines(with: "XFER_HOME=\(user.home)")
    let secret = try #require(invite.split(separator: "-").last)
    #expect(lines.count == 1 && lines[0].contains("xferctl join"), "\(lines)")
    #expect(!lines.joined().contains(secret), "\(lines)")
    try await withIdentifiedReceiver("--listen", server, data: data) { _ in
      let joined = try await joining.value
      #expect(joined.status == 0, "\(joined.err)")
    }
  }

  /// Expects that the text is in no file of the data directory, and not in the log.
  private func expectAbsent(
    _ text: String, _ receiver: Receiver, besides name: String = ""
  ) async throws {
    let found = try await Programs.run(
      "/usr/bin/env", ["grep", "-rlaF", text, receiver.data, "--exclude=\(name)"])
    #expect(found.status == 1 && found.out == "", "\(found.out)\(found.err)")
    #expect(await receiver.log.count(of: text) == 0)
  }

  @Test("openssl and curl see the key whose fingerprint the receiver shows")
  func othersSeeTheSameKey() async throws {
    try await withIdentifiedReceiver { receiver in
      let pin = try await receiver.pin()
      let path = directory.path + "/seen.pem"
      let script =
        "openssl s_client -connect \(receiver.server) </dev/null 2>/dev/null "
        + "| openssl x509 -out \(path)"
      _ = try await Programs.run("/usr/bin/env", ["sh", "-c", script])
      #expect(try await Certificates.pin(of: path) == pin)
      let user = try await receiver.joined("cam7")
      func curl(_ pin: String) async throws -> Int32 {
        try await Programs.run(
          "/usr/bin/env",
          [
            "curl", "-sk", "--pinnedpubkey", pin, "--cert", user.home + "/certificate.pem", "--key",
            user.home + "/key.pem", "https://\(receiver.server)/",
          ]
        ).status
      }
      let isRefusedPin: Int32 = 90  // CURLE_SSL_PINNEDPUBKEYNOTMATCH
      #expect(try await curl(user.pin()) == isRefusedPin)
      #expect(try await curl(pin) != isRefusedPin)
      // The receiver took the connection for one of another protocol.
      let line = await receiver.log.line(with: "reason=malformed")
      #expect(line?.contains("client=cam7") == true, "\(line ?? "")")
    }
  }

  @Test("Reloads leave no descriptor open, neither in this process nor in the supervisor")
  func reloadsLeaveNothingOpen() async throws {
    try await withIdentifiedReceiver { receiver in
      _ = try await receiver.joined("cam7")
      let keys = try #require(ProcessTable(supervisor: receiver.pid).child("keys"))
      let before = [receiver.pid, keys].map { ProcessTable.descriptors(of: $0).count }
      for count in 1...5 {
        receiver.signal(SIGHUP)
        try await eventually { await receiver.log.count(of: "read the certificate again") == count }
      }
      #expect([receiver.pid, keys].map { ProcessTable.descriptors(of: $0).count } == before)
    }
  }
}
