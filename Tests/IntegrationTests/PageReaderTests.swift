import Foundation
import Testing

@Suite(
  "The stats process serves slow readers and closes stalled ones",
  .timeLimit(.minutes(20)))
struct PageReaderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "256 clients that request pages and read nothing are closed in bounded memory")
  func unreadPagesAreClosedInBoundedMemory() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20_000, nameBytes: 300)
    try await withReceiver("--stall-timeout", "5", data: data) { receiver in
      let stats = try #require(ProcessTable(supervisor: receiver.pid).child("stats"))
      try await HeldClient.run(
        "hostile_reader.py", [receiver.http, "hog", "256", "/history?limit=10000"]
      ) { answer in
        #expect(answer["connections"] as? Int == 256)
        // These requests are accepted only after some of the 256 are closed.
        #expect(try await receiver.page("/healthz").status == 200)
        #expect(try await receiver.page("/readyz").status == 200)
        let bytes = try ProcessTable.privateBytes(of: stats)
        #expect(bytes < 64 << 20, "\(bytes)")
      }
      #expect(ProcessTable(supervisor: receiver.pid).child("stats") == stats)
    }
  }

  @Test("A client that reads a page slowly gets all of it")
  func slowReaderGetsWholePage() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 10_000, nameBytes: 40)
    try await withReceiver("--stall-timeout", "5", data: data) { receiver in
      let outcome = try await Programs.python(
        "hostile_reader.py", [receiver.http, "slow", "/history?limit=10000"])
      let answer = try #require(outcome.objects.last, "\(outcome.err)")
      #expect(answer["whole"] as? Bool == true, "\(answer)")
      // With pauses of 50 ms, the answer takes longer than the stall timeout.
      #expect(answer["pauses"] as? Int ?? 0 > 150, "\(answer)")
    }
  }

  private func read(_ receiver: Receiver, _ arguments: String...) async throws -> [String: Any] {
    let outcome = try await Programs.python("hostile_reader.py", [receiver.http] + arguments)
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  @Test(
    "A ninth long answer for one address gets 503 while eight are completed")
  func ninthAnswerOfAddressIsRefused() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 10_000, nameBytes: 300)
    try await withReceiver("--stall-timeout", "600", data: data) { receiver in
      let answer = try await read(receiver, "crowd", "/history?limit=10000")
      #expect(answer["status"] as? Int == 503)
      #expect(answer["retries"] as? Bool == true)
      #expect(answer["whole"] as? Int == 8)
      #expect(try await receiver.page("/history").status == 200)
    }
  }

  @Test(
    "A query is cancelled when its client disconnects",
    arguments: ["close", "reset"])
  func disconnectCancelsQuery(how: String) async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20_000, nameBytes: 1024)
    try await withReceiver(data: data) { receiver in
      let pattern = "*%5B" + String(repeating: "x", count: 1000) + "%5D"
      _ = try await read(receiver, "leave", how, "/history?name=" + pattern)
      // The queries used all places of the address until their clients disconnected.
      try await eventually { try await receiver.page("/history?limit=1").status == 200 }
    }
  }

  @Test("A client that closed only its sending side is answered")
  func halfClosedClientIsAnswered() async throws {
    try await withReceiver { receiver in
      for path in ["/history", "/stats"] {
        let answer = try await read(receiver, "half", path)
        #expect(answer["status"] as? Int == 200)
        #expect(answer["whole"] as? Bool == true)
      }
    }
  }

  @Test(
    "A request with a body is refused, and its connection is closed even if the body trickles in",
    arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
  func requestWithBodyIsRefused(header: String) async throws {
    try await withReceiver("--stall-timeout", "1") { receiver in
      let answer = try await read(receiver, "body", header)
      #expect(answer["status"] as? Int == 413)
      #expect(answer["closed"] as? Bool == true)
    }
  }

  @Test("Connections above the limit of one address are closed")
  func excessConnectionsAreClosed() async throws {
    try await withReceiver { receiver in
      let end = try await Programs.python(
        "many_connections.py", [receiver.http])
      #expect(end.lines == ["0", "HTTP/1.1 200 OK"], "\(end.err)")
    }
  }
}
