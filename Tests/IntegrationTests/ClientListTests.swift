import Foundation
import Testing

@Suite("The list of clients is edited by hand", .timeLimit(.minutes(20)))
struct ClientListTests {
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    file = try directory.file("f", bytes: 1000)
  }

  @Test(
    "A line that cannot be used is named in the log at the reload and at the start, and bars one client alone"
  )
  func badLineIsNamed() async throws {
    let data = directory.path + "/data"
    try await withIdentifiedReceiver(data: data) { receiver in
      let one = try await receiver.joined("cam7")
      let two = try await receiver.joined("cam8")
      let pins = (try await one.pin(), try await two.pin())
      try await receiver.edit("# ours\ncam7 \(pins.0) send=maybe\ncam8 \(pins.1)\n")
      let words = "clients, line 2: send: invalid value "
      #expect(await receiver.log.line(with: words) != nil)
      #expect(try await receiver.clients().err.contains(words))
      let refused = try await one.send(file)
      #expect(refused.status == 77)
      #expect(refused.err.contains("cannot be used: send: invalid value"), "\(refused.err)")
      #expect(try await two.send(file).status == 0)
    }
    let second = try await withIdentifiedReceiver(data: data) { _ in }
    #expect(await second.log.line(with: "line 2: send: invalid value") != nil)
  }

  @Test("A list that is replaced while a client connects bars no client")
  func replacedList() async throws {
    let environment = ArmedPlace.environment(directory)
    try await withIdentifiedReceiver(environment: environment) { receiver in
      let user = try await receiver.joined("cam7")
      let place = ArmedPlace("session.confined", in: directory)
      let sending = Task { try await user.send(file) }
      try await place.reached()
      let list = try String(contentsOfFile: "\(receiver.data)/clients", encoding: .utf8)
      try (list + "# another\n").write(
        toFile: "\(receiver.data)/clients", atomically: true, encoding: .utf8)
      place.goOn()
      let sent = try await sending.value
      #expect(sent.status == 0, "\(sent.err)")
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("xfer_sessions_crashed_total 0"))
    }
  }

  @Test(
    "A line in another encoding bars one client alone: reload, invite, accept and revoke work, and its bytes stay"
  )
  func otherEncoding() async throws {
    try await withIdentifiedReceiver { receiver in
      let users = [try await receiver.joined("cam7"), try await receiver.joined("cam8")]
      let list = URL(fileURLWithPath: "\(receiver.data)/clients")
      let lines = try Data(contentsOf: list).split(separator: 0x0a)
      let latin =
        Data("# B".utf8) + [0xfc, 0x0a] + lines[0] + Data(" prefix=caf".utf8) + [0xe9, 0x0a]
      try (latin + lines[1] + [0x0a]).write(to: list)
      #expect(try await receiver.clients("reload").status == 0)
      let words = "clients, line 2: a byte of it is not UTF-8"
      #expect(await receiver.log.line(with: words) != nil)
      #expect(try await receiver.clients().err.contains(words))
      let refused = try await users[0].send(file)
      #expect(refused.status == 77 && refused.err.contains("not UTF-8"), "\(refused.err)")
      #expect(try await users[1].send(file).status == 0)
      let third = try await receiver.joined("cam9")
      #expect(try await third.send(file, "--as", "third").status == 0)
      let knocking = try ClientUser(receiver)
      let pin = try await knocking.pin()
      #expect(try await receiver.clients("accept", pin, "--name", "cam10").status == 0)
      #expect(try await receiver.clients("revoke", "cam8").status == 0)
      #expect(try await users[1].send(file).status == 77)
      #expect(try Data(contentsOf: list).starts(with: latin))
      let enrolled = try await receiver.clients().lines.filter { !$0.hasPrefix("pending") }
      #expect(enrolled.map { $0.prefix { $0 != " " } } == ["cam9", "cam10"])
    }
  }

  @Test("A client is accepted while another program changes the list of those that wait")
  func acceptNeedsNoPending() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try ClientUser(receiver)
      let lock = open("\(receiver.data)/.pending.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(lock) }
      try #require(flock(lock, LOCK_EX) == 0)
      let accepted = try await receiver.clients("accept", user.pin(), "--name", "cam7")
      #expect(accepted.status == 0 && accepted.out == "cam7 is enrolled\n", "\(accepted)")
      #expect(accepted.err.contains("cam7 is still shown as pending"), "\(accepted.err)")
      #expect(try await receiver.clients().lines.map { $0.prefix { $0 != " " } } == ["cam7"])
    }
  }

  @Test("A list with line ends of another system serves the same clients, also after a reload")
  func otherLineEnds() async throws {
    let large = try directory.file("large", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let users = [try await receiver.joined("cam7"), try await receiver.joined("cam8")]
      let list = try String(contentsOfFile: "\(receiver.data)/clients", encoding: .utf8)
      try await receiver.edit(list.replacingOccurrences(of: "\n", with: "\r\n"))
      try await HeldTransfer.run(
        receiver.server, large, "large", options: ["--identity", users[1].home]
      ) { _ in
        let reload = try await receiver.clients("reload")
        #expect(reload.status == 0)
        #expect(try await users[0].send(file).status == 0)
      }
      #expect(try await receiver.clients().lines.count == 2)
    }
  }

  @Test("A list that cannot be read leaves connections as they are, and the log says so")
  func unreadableList() async throws {
    let large = try directory.file("large", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      try await HeldTransfer.run(
        receiver.server, large, "large", options: ["--identity", user.home]
      ) { _ in
        let list = "\(receiver.data)/clients"
        try FileManager.default.removeItem(atPath: list)
        try FileManager.default.createDirectory(
          atPath: list, withIntermediateDirectories: false)
        receiver.signal(SIGHUP)
        #expect(await receiver.log.line(with: "sessions stay as they are") != nil)
      }
      #expect(sameContent(large, receiver.published("large")))
    }
  }
}
