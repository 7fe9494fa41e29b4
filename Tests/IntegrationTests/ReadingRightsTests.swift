import Foundation
import Testing

@Suite("A client reads the part of the history that its line allows", .timeLimit(.minutes(20)))
struct ReadingRightsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Starts a receiver on which cam7, with these options, and cam8 have delivered a file each.
  private func withTwoClients(
    _ options: [String], _ body: @Sendable (ClientUser) async throws -> Void
  ) async throws {
    let files = try ["seven", "eight"].map { try directory.file($0, bytes: 10) }
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", options)
      #expect(try await user.send(files[0]).status == 0)
      #expect(try await receiver.joined("cam8").send(files[1]).status == 0)
      try await body(user)
    }
  }

  private func names(_ user: ClientUser, _ words: [String] = []) async throws -> [String] {
    let outcome = try await user.run(["history", "--format", "jsonl"] + words)
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.objects.compactMap { $0["name"] as? String }
  }

  @Test("By default it reads its own rows, whatever it asks for")
  func ownRows() async throws {
    try await withTwoClients([]) { user in
      let own = try await names(user)
      #expect(own == ["seven"])
      #expect(try await names(user, ["--client", "cam7"]) == own)
      for other in ["cam8", "127.0.0.1", "*"] {
        #expect(try await names(user, ["--client", other]) == [])
      }
      #expect(try await names(user, ["--name", "*"]) == ["seven"])
      #expect(try await names(user, ["--name", "eight"]) == [])
    }
  }

  @Test("By default it does not read the stats page, which shows all clients")
  func noStatsPage() async throws {
    try await withTwoClients([]) { user in
      let stats = try await user.run("stats")
      #expect(stats.status != 0)
      #expect(stats.out == "")
      #expect(stats.err.contains("the operator can allow it with history=all"), "\(stats.err)")
    }
  }

  @Test("With history=all it reads all rows and the stats page, and no id of another client")
  func allRows() async throws {
    try await withTwoClients(["--history", "all"]) { user in
      #expect(try await names(user) == ["eight", "seven"])
      #expect(try await names(user, ["--client", "cam8"]) == ["eight"])
      #expect(try await user.run("stats").out.contains("cam8"))
      let rows = try await user.run("history", "--format", "jsonl").objects
      #expect(rows.map { $0["transfer_id"] is String } == [false, true])
    }
  }

  @Test("With history=none it reads nothing")
  func noRows() async throws {
    try await withTwoClients(["--history", "none"]) { user in
      for command in ["history", "stats"] {
        let outcome = try await user.run(command)
        #expect(outcome.status != 0 && outcome.out == "")
        #expect(outcome.err.contains("refused"), "\(outcome.err)")
      }
    }
  }

  @Test("A new client with the name of a revoked one reads what was delivered under that name")
  func nameOwnsTheRows() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withIdentifiedReceiver { receiver in
      #expect(try await receiver.joined("cam7").send(file).status == 0)
      #expect(try await receiver.clients("revoke", "cam7").status == 0)
      let second = try await receiver.joined("cam7")
      #expect(try await names(second) == ["f"])
    }
  }
}
