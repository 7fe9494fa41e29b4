import Testing
import XferProtocol
import XferSystem

@testable import XferIdentity

@Suite("The open invites")
struct InviteFileTests {
  let folder: TemporaryFolder
  let file: InviteFile

  init() throws {
    folder = try TemporaryFolder()
    file = InviteFile(try folder.directory())
  }

  private func invite(uses: Int, seconds: Int64 = 3600) -> Invite {
    let end = Timestamp(microseconds: Timestamp.now.microseconds + seconds * 1_000_000)
    return Invite(
      id: InviteID(), key: InviteSecret().key, uses: uses, expiry: end, name: "a", options: [])
  }

  @Test("An invite is used as often as it says, and then is gone from the file")
  func usesCount() throws {
    let invite = invite(uses: 2)
    try file.add(invite)
    for _ in 0..<2 { #expect(try file.use(invite.id) { $0.name } == "a") }
    #expect(try file.use(invite.id) { _ in 1 } == nil)
    #expect(try folder.text("invites") == "")
  }

  @Test("A use that fails takes none")
  func failedUse() throws {
    struct Wrong: Error {}
    let invite = invite(uses: 1)
    try file.add(invite)
    #expect(throws: Wrong.self) { try file.use(invite.id) { _ in throw Wrong() } }
    #expect(try file.use(invite.id) { _ in 1 } == 1)
  }

  @Test("An expired invite has no use, and the next one removes it from the file")
  func expiry() throws {
    let (old, new) = (invite(uses: 1, seconds: -1), invite(uses: 1))
    try file.add(old)
    #expect(try file.use(old.id) { _ in 1 } == nil)
    #expect(try file.read().isEmpty)
    try file.add(new)
    #expect(try folder.text("invites") == new.line + "\n")
  }

  @Test("A removed invite has no use, and the others stay")
  func removal() throws {
    let (one, two) = (invite(uses: 1), invite(uses: 1))
    try file.add(one)
    try file.add(two)
    #expect(try file.remove(one.id))
    #expect(try !file.remove(one.id))
    #expect(try file.use(one.id) { _ in 1 } == nil)
    #expect(try file.use(two.id) { _ in 1 } == 1)
  }

  @Test("The file holds no secret, and only its owner may read it")
  func secretIsNotKept() throws {
    let secret = InviteSecret()
    try file.add(
      Invite(
        id: InviteID(), key: secret.key, uses: 1, expiry: invite(uses: 1).expiry, name: "a",
        options: []))
    #expect(try !folder.text("invites").contains(secret.text))
    #expect(folder.mode(of: "invites") == 0o600)
  }

  @Test("Of many threads at once as many use an invite as it says")
  func usersAtOnce() async throws {
    let (invite, folder) = (invite(uses: 10), folder)
    try file.add(invite)
    let used = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<25 {
        group.addTask { try InviteFile(folder.directory()).use(invite.id) { _ in 1 } != nil }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(used == 10)
    #expect(try folder.text("invites") == "")
  }
}

@Suite("The clients that wait to be accepted")
struct PendingFileTests {
  let folder: TemporaryFolder
  let file: PendingFile

  init() throws {
    folder = try TemporaryFolder()
    file = PendingFile(try folder.directory())
  }

  private func knock(_ number: Int, from address: String, agent: String = "xferctl") -> Knock {
    let bytes = withUnsafeBytes(of: number) { Array($0) } + [UInt8](repeating: 0, count: 24)
    return Knock(pin: Pin(bytes: bytes)!, agent: agent, address: address)
  }

  /// Notes a client. A program that another test starts at this moment has the lock until it runs.
  private func note(_ knock: Knock) throws {
    while true {
      do {
        return try file.note(knock)
      } catch is UnusableFile {
        continue
      }
    }
  }

  @Test("A client that knocks again is one client, with its first and its last time")
  func againIsOnce() throws {
    try note(knock(1, from: "10.0.0.1", agent: "old"))
    let first = try #require(try file.read().first)
    try note(knock(2, from: "10.0.0.2"))
    try note(knock(1, from: "10.0.0.3", agent: "new one"))
    let clients = try file.read()
    #expect(clients.map(\.address) == ["10.0.0.3", "10.0.0.2"])
    #expect(clients[0].firstSeen == first.firstSeen)
    #expect(clients[0].lastSeen >= first.lastSeen)
    #expect(clients[0].agent == "new one")
  }

  @Test(
    "One network has 10 entries at most, and takes no place of another network",
    arguments: [
      ("10.0.0.9", "10.0.0.1", "10.0.0.1"), ("2001:db8::1", "2001:db8:0:1::", "2001:db8:0:1:"),
    ])
  func boundOfANetwork(other: String, first: String, prefix: String) throws {
    try note(knock(0, from: other))
    let isIPv6 = first.contains(":")
    for number in 1...30 {
      try note(knock(number, from: isIPv6 ? "\(prefix):\(number)" : first))
    }
    let clients = try file.read()
    #expect(clients.count == 11)
    #expect(clients.last?.address == other)
    #expect(clients.first?.pin == knock(30, from: "").pin)
  }

  @Test("Networks with many entries make room for a network with few, the oldest ones first")
  func largestMakesRoom() throws {
    try note(knock(0, from: "192.0.2.1"))
    for number in 1...200 {
      try note(knock(number, from: "2001:db8:0:\(number % 12)::\(number)"))
    }
    try note(knock(201, from: "192.0.2.2"))
    let clients = try file.read()
    #expect(clients.count == 100)
    #expect(clients.last?.address == "192.0.2.1" && clients.first?.address == "192.0.2.2")
    #expect(clients[1].address == "2001:db8:0:8::200")
  }

  @Test("There are 100 entries at most, the newest ones")
  func boundOfAll() throws {
    for number in 0..<130 { try note(knock(number, from: "10.0.0.\(number)")) }
    let clients = try file.read()
    #expect(clients.count == 100)
    #expect(clients.first?.address == "10.0.0.129" && clients.last?.address == "10.0.0.30")
  }

  @Test("A client without a name of its program is kept, and a broken line is left out")
  func shapes() throws {
    try note(knock(1, from: "fe80::1%eth0", agent: ""))
    try folder.write("broken\n" + folder.text("pending") + "a b c d e\n", to: "pending")
    #expect(try file.read().map(\.agent) == ["-"])
    #expect(folder.mode(of: "pending") != 0)
  }

  @Test("An accepted client waits no more")
  func removal() throws {
    for number in 1...3 { try note(knock(number, from: "10.0.0.1")) }
    try file.remove(knock(2, from: "").pin)
    #expect(try file.read().map(\.pin) == [knock(3, from: "").pin, knock(1, from: "").pin])
  }
}
