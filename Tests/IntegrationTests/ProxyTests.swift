import Foundation
import Testing

@Suite("Behind a trusted proxy the receiver sees the client's address", .timeLimit(.minutes(20)))
struct ProxyTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// A header of version 1 for this client, as hexadecimal digits.
  private func header(_ client: String) -> String {
    "PROXY TCP4 \(client) 127.0.0.1 4000 5005\r\n".utf8.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// A header of version 2 for 198.51.100.9, with a value (TLV) behind the addresses.
  private let binary =
    "0d0a0d0a000d0a515549540a" + "21110010" + "c63364097f0000010fa0138d" + "04000100"

  @Test("The history, the log and the title of the session have the client's address")
  func clientIsSeen() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver("--trust-proxy", "127.0.0.0/8") { receiver in
      let options = ["--proxy", header("198.51.100.7")]
      try await HeldTransfer.run(receiver.server, file, "f", options: options) { _ in
        let titles = try await Programs.run("/usr/bin/env", ["ps", "-eo", "args"]).lines
        #expect(titles.contains { $0.contains("xferd: session 198.51.100.7:4000") })
      }
      _ = try await receiver.native("--proxy", binary, "send", file, "g", "--id", fresh)
      let clients = try await history(receiver).compactMap { $0["client_ip"] as? String }
      #expect(Set(clients) == ["198.51.100.7", "198.51.100.9"])
      #expect(await receiver.log.line(with: "client=198.51.100.9 name=g") != nil)
    }
  }

  private let fresh = "ffeeddccbbaa99887766554433221100"

  /// The history, read from the file, because a question would need a header, too.
  private func history(_ receiver: Receiver) async throws -> [[String: Any]] {
    try await Programs.xferd("history", "--database", receiver.database, "--format", "jsonl")
      .objects
  }

  @Test("From a trusted proxy a header is required")
  func headerIsRequired() async throws {
    try await withReceiver("--trust-proxy", "127.0.0.1") { receiver in
      let sent = try await Programs.python("native_client.py", [receiver.server, "ping"])
      #expect(sent.status != 0)
      #expect(await receiver.log.line(with: "no valid PROXY header") != nil)
      let other = try await receiver.native("--bind", "127.0.0.2", "ping")
      #expect(other["status"] as? String == "pong", "another address needs none")
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("xfer_connection_failures_total{reason=\"malformed\"} 1\n"))
    }
  }

  @Test("A header from another address is not read")
  func foreignHeaderIsNotRead() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--trust-proxy", "192.0.2.0/24") { receiver in
      let forged = try await Programs.python(
        "native_client.py", [receiver.server, "--proxy", header("198.51.100.7"), "ping"])
      #expect(forged.status != 0)
      let sent = try await receiver.send(file)
      #expect(sent.status == 0)
      #expect(try await receiver.history().first?["client_ip"] as? String == "127.0.0.1")
      #expect(await receiver.log.count(of: "198.51.100.7") == 0)
    }
  }

  @Test("A proxy's check of health is served as the proxy's own")
  func localConnectionIsServed() async throws {
    try await withReceiver("--trust-proxy", "127.0.0.1") { receiver in
      let local = "0d0a0d0a000d0a515549540a" + "20000000"
      let answer = try await receiver.native("--proxy", local, "ping")
      #expect(answer["status"] as? String == "pong")
    }
  }

  @Test("A header that does not arrive in time ends the connection")
  func slowHeaderTimesOut() async throws {
    try await withReceiver("--trust-proxy", "127.0.0.1", "--header-timeout", "1") { receiver in
      let half = "50524f585920"  // "PROXY "
      _ = try await Programs.python("silent_client.py", [receiver.server, half])
      #expect(await receiver.log.line(with: "no whole PROXY header came in 1 seconds") != nil)
    }
  }

  @Test("Of clients behind the proxy that say nothing, those of the address with the most leave")
  func poolCountsClients() async throws {
    try await withReceiver(
      "--trust-proxy", "127.0.0.0/8", "--max-unidentified", "3", "--header-timeout", "1h"
    ) { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      let (one, crowd) = (header("198.51.100.8"), header("198.51.100.7"))
      try await HeldClient.run("silent_crowd.py", [receiver.server, "1", "1", one]) { _ in
        try await eventually { table.child("session 198.51.100.8") != nil }
        try await HeldClient.run("silent_crowd.py", [receiver.server, "9", "1", crowd]) { _ in
          try await eventually {
            table.children.count { $0.title.hasPrefix("xferd: session") } == 3
          }
          #expect(table.child("session 198.51.100.8") != nil, "it is the oldest, and the only one")
        }
      }
    }
  }

  @Test("The limit of an address counts clients behind the proxy, and not the proxy")
  func limitCountsClients() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver("--trust-proxy", "127.0.0.1", "--max-per-address", "1") { receiver in
      let first = ["--proxy", header("198.51.100.7")]
      try await HeldTransfer.run(receiver.server, file, "f", options: first) { _ in
        let same = try await receiver.native(first + ["ping"])
        #expect(same["reason"] as? Int == 2, "\(same)")
        let other = try await receiver.native("--proxy", header("198.51.100.8"), "ping")
        #expect(other["status"] as? String == "pong")
      }
      try await eventually {
        try await receiver.native(first + ["ping"])["status"] as? String == "pong"
      }
    }
  }
}
