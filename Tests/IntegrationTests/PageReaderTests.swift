import Foundation
import Testing

@Suite(
  "Who reads a page slowly is served, and who does not read is closed", .timeLimit(.minutes(10)))
struct PageReaderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "256 connections that ask twice and read nothing are closed, in little memory",
    .timeLimit(.minutes(5)))
  func hogs() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20_000, nameBytes: 300)
    try await withReceiver("--stall-timeout", "5", data: data) { receiver in
      let stats = try #require(ProcessTable(supervisor: receiver.pid).child("stats"))
      try await HeldClient.run(
        "hostile_reader.py", [receiver.http, "hog", "256", "/history?limit=10000"]
      ) { answer in
        #expect(answer["connections"] as? Int == 256)
        // Nothing is let in before some of them are closed.
        #expect(try await receiver.page("/healthz").status == 200)
        #expect(try await receiver.page("/readyz").status == 200)
        let bytes = try ProcessTable.privateBytes(of: stats)
        #expect(bytes < 64 << 20, "\(bytes)")
      }
      #expect(ProcessTable(supervisor: receiver.pid).child("stats") == stats)
    }
  }

  @Test("A reader that takes a page in small pieces gets all of it", .timeLimit(.minutes(5)))
  func slow() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 10_000, nameBytes: 40)
    try await withReceiver("--stall-timeout", "1", data: data) { receiver in
      let outcome = try await Programs.python(
        "hostile_reader.py", [receiver.http, "slow", "/history?limit=10000"])
      let answer = try #require(outcome.objects.last, "\(outcome.err)")
      #expect(answer["whole"] as? Bool == true, "\(answer)")
      #expect(answer["pauses"] as? Int ?? 0 > 60, "\(answer)")
    }
  }

  @Test("More connections of one address than it may have are closed", .timeLimit(.minutes(3)))
  func perAddress() async throws {
    let script = """
      import socket, sys
      host, port = sys.argv[1].rsplit(":", 1)
      clients = [socket.create_connection((host, int(port)), 20) for _ in range(65)]
      print(len(clients[64].recv(1)))
      clients[0].sendall(b"GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
      print(clients[0].recv(15).decode())
      """
    try await withReceiver { receiver in
      let end = try await Programs.run("/usr/bin/env", ["python3", "-c", script, receiver.http])
      #expect(end.lines == ["0", "HTTP/1.1 200 OK"], "\(end.err)")
    }
  }
}
