import Foundation
import Testing

@Suite("A flood of connections leaves other clients served", .timeLimit(.minutes(20)))
struct FloodTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func metric(_ name: String, _ receiver: Receiver) async throws -> Int {
    let page = try await receiver.page("/metrics").body
    let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return Int(line?.split(separator: " ").last ?? "") ?? -1
  }

  @Test(
    "10,000 connections of one address start few sessions and few log lines",
    arguments: [[], ["--max-new-per-second-per-address", "50"]])
  func floodIsDropped(settings: [String]) async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver(settings) { receiver in
      let server = receiver.server
      let flood = Task {
        try await Programs.python("flooding_client.py", [server, "10000", "127.0.0.9"])
      }
      let sent = try await receiver.send(file, "--bind", "127.0.0.2")
      #expect(sent.status == 0 && sameContent(file, receiver.published("f")))
      let made = try await flood.value.objects.first?["connections"] as? Int
      try #require(made == 10_000)
      let dropped = try await metric("xfer_connections_dropped_total", receiver)
      let accepted = try await metric("xfer_connections_total", receiver)
      // A connection that was reset in the backlog may never be accepted (accept(2)).
      #expect(dropped > accepted / 2 && accepted > 1000)
      let after = try await receiver.send(try directory.file("g", bytes: 10), "--bind", "127.0.0.2")
      #expect(after.status == 0)
      #expect(await receiver.log.line(with: "dropped connections") != nil)
      #expect(await receiver.log.count(of: "dropped connections") < 100)
      #expect(try await metric("xfer_sessions_crashed_total", receiver) == 0)
    }
  }

  @Test(
    "Clients that say nothing, or do not finish their handshakes, leave, and an honest one is served",
    arguments: ["", "ff58", "160301", "handshake"])
  func silentCrowdLeaves(start: String) async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver(
      "--max-connections", "60", "--max-unidentified", "5", "--header-timeout", "1h"
    ) { receiver in
      try await HeldClient.run("silent_crowd.py", [receiver.server, "50", "10", start]) { crowd in
        #expect(crowd["open"] as? Int == 50)
        let sent = try await receiver.send(file)
        #expect(sent.status == 0, "\(sent.err)")
        try await eventually { try await metric("xfer_sessions", receiver) <= 5 }
        #expect(try await metric("xfer_sessions_displaced_total", receiver) >= 45)
        #expect(try await metric("xfer_sessions_crashed_total", receiver) == 0)
      }
    }
  }

  @Test("An address that abandons many connections gets no session for a while, and others do")
  func abandoningAddressIsDropped() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      _ = try await Programs.python("flooding_client.py", [receiver.server, "2000", "127.0.0.9"])
      try await eventually {
        try await metric("xfer_connections_dropped_total", receiver) > 0
      }
      #expect(try await receiver.send(file, "--bind", "127.0.0.2").status == 0)
    }
  }

  @Test(
    "A machine that fails behind NAT does not lock out an enrolled client of the same address",
    arguments: [true, false])
  func failingNeighbourLocksOutNoClient(isConnected: Bool) async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      if isConnected {
        // A client that stays connected, and has made no other connection.
        try await HeldTransfer.run(
          receiver.server, file, "held", options: ["--identity", user.home]
        ) { _ in try await expectServed(user, receiver) }
      } else {
        #expect(try await user.send(file, "--as", "first").status == 0)
        try await expectServed(user, receiver)
      }
    }
  }

  /// Expects that the user is served while another machine of its address connects and says nothing.
  private func expectServed(_ user: ClientUser, _ receiver: Receiver) async throws {
    let small = try directory.file("g", bytes: 10)
    _ = try await Programs.python("flooding_client.py", [receiver.server, "300", "127.0.0.1"])
    #expect(try await user.send(small).status == 0)
    #expect(try await metric("xfer_connections_dropped_total", receiver) == 0)
  }

  @Test("A client that has greeted stays, however many say nothing")
  func greetedClientStays() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver("--max-unidentified", "1", "--header-timeout", "1h") { receiver in
      try await HeldTransfer.run(receiver.server, file, "f") { _ in
        try await HeldClient.run("silent_crowd.py", [receiver.server, "10", "2"]) { _ in
          try await eventually {
            try await metric("xfer_sessions_displaced_total", receiver) == 9
          }
        }
      }
      #expect(sameContent(file, receiver.published("f")))
    }
  }
}
