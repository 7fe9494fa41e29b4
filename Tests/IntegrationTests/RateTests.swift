import Foundation
import Testing

@Suite("Content arrives no faster than the limits of bytes a second", .timeLimit(.minutes(20)))
struct RateTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The seconds from the first offer to the last publication, by the rows of the receiver.
  private func seconds(_ receiver: Receiver) async throws -> Double {
    let sql = "SELECT (max(finished_at) - min(started_at)) / 1e6 FROM transfer WHERE status = 1"
    return try #require(Double(try await receiver.sqlite(sql)))
  }

  @Test("A transfer takes at least the time that its bytes take at the rate")
  func transferTakesItsTime() async throws {
    let file = try directory.file("f", bytes: 3_000_000)
    try await withReceiver("--max-bytes-per-second", "1000000") { receiver in
      let sent = try await receiver.send(file)
      #expect(sent.status == 0)
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await seconds(receiver) >= 2.25)
    }
  }

  @Test("Two senders of one address share its rate, and another address has its own")
  func addressSharesRate() async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    try await withReceiver("--max-bytes-per-second-per-address", "1000000") { receiver in
      let server = receiver.server
      let senders = ["a": "127.0.0.2", "b": "127.0.0.2", "c": "127.0.0.3"].map { name, source in
        Task {
          try await Programs.xferctl(
            "send", file, "--server", server, "--as", name, "--bind", source)
        }
      }
      for sender in senders { #expect(try await sender.value.status == 0) }
      // Four seconds of the rate, less what is saved up, and the last pieces, which nothing follows.
      // With a rate for each sender it would be two.
      #expect(try await seconds(receiver) >= 3)
      let alone = try await receiver.sqlite(
        "SELECT (finished_at - started_at) / 1e6 FROM transfer WHERE name = 'c'")
      #expect(try #require(Double(alone)) >= 1.5)
    }
  }

  @Test("A transfer that the receiver slows down is not ended for its silence or its low rate")
  func waitingDoesNotCountAgainstClient() async throws {
    let file = try directory.file("f", bytes: 300_000)
    try await withReceiver(
      "--max-bytes-per-second", "50000", "--stall-timeout", "1", "--min-rate", "1000000"
    ) { receiver in
      let sent = try await receiver.send(file)
      #expect(sent.status == 0, "\(sent.err)")
      #expect(try await receiver.history().count == 1)
    }
  }

  @Test("A stranger who sends without end uses up no rate of the clients")
  func strangerUsesUpNoRate() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver("--max-bytes-per-second", "1000000") { receiver in
      let user = try await receiver.joined("cam7")
      let flood = try await Programs.python("endless_stranger.py", [receiver.server, "00", "2"])
      let sent = try #require(flood.objects.first?["bytes"] as? Int, "\(flood.err)")
      #expect(sent > 0)
      // Each byte would have taken a microsecond of the rate, for which the client would wait.
      let outcome = try await user.send(file, "--timeout", "20s")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test("Connections with one small file each have the rate of their client together")
  func shortConnectionsHaveTheirRate() async throws {
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--rate", "20000"])
      try await expectTenSeconds(receiver, user.home)
    }
  }

  @Test("Connections with one small file each have the rate of their address together")
  func shortConnectionsOfAddressHaveItsRate() async throws {
    try await withReceiver("--max-bytes-per-second-per-address", "20000") { receiver in
      try await expectTenSeconds(receiver)
    }
  }

  /// Expects that ten files of a second each take as long as the rate says, less what is saved up, and
  /// the first file.
  private func expectTenSeconds(_ receiver: Receiver, _ identity: String...) async throws {
    let sent = try await Programs.python(
      "eager_connections.py", [receiver.server, "10", "20000"] + identity)
    #expect(sent.status == 0, "\(sent.err)")
    #expect(try await seconds(receiver) >= 8)
  }

  @Test("A classic transfer has the same limit")
  func classicTransferTakesItsTime() async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    try await withReceiver("--max-bytes-per-second", "1000000") { receiver in
      let sent = try await receiver.classic("send", file)
      #expect(sent.status == 0)
      #expect(try await seconds(receiver) >= 1.5)
    }
  }
}
