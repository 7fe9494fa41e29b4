import Foundation
import Testing

@Suite("The history answers queries of clients and programs", .timeLimit(.minutes(20)))
struct HistoryTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Sends three files from two addresses, and one that is refused.
  private func fill(_ receiver: Receiver) async throws {
    for (name, address) in [("a.log", "127.0.0.1"), ("b.log", "127.0.0.2"), ("c.txt", "127.0.0.1")]
    {
      let file = try directory.file(name, bytes: 1000, seed: UInt64(name.utf8.first ?? 0))
      let outcome = try await receiver.send(file, "--bind", address)
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    let other = try directory.file("other", bytes: 7)
    _ = try await receiver.send(other, "--as", "a.log")
  }

  @Test("The filters of xferctl history select rows, newest first")
  func filtersSelectRows() async throws {
    try await withReceiver { receiver in
      try await fill(receiver)
      func names(_ arguments: String...) async throws -> [String?] {
        let base = ["history", "--server", receiver.server, "--format", "jsonl"]
        return try await Programs.xferctl(base + arguments).objects.map { $0["name"] as? String }
      }
      #expect(try await names() == ["a.log", "c.txt", "b.log", "a.log"])
      #expect(try await names("--status", "completed") == ["c.txt", "b.log", "a.log"])
      #expect(try await names("--status", "failed") == ["a.log"])
      #expect(try await names("--client", "127.0.0.2") == ["b.log"])
      #expect(try await names("--client", "cam-7").isEmpty)
      #expect(try await names("--name", "*.log") == ["a.log", "b.log", "a.log"])
      #expect(try await names("--limit", "2") == ["a.log", "c.txt"])
      #expect(try await names("--since", "1h").count == 4)
      #expect(try await names("--until", "1h").isEmpty)
      #expect(try await names("--since", "2100-01-01").isEmpty)
    }
  }

  @Test("xferctl history prints the same rows in each format")
  func everyFormatHasSameRows() async throws {
    try await withReceiver { receiver in
      try await fill(receiver)
      func history(_ format: String) async throws -> String {
        try await Programs.xferctl("history", "--server", receiver.server, "--format", format).out
      }
      let json = try JSONSerialization.jsonObject(with: Data(try await history("json").utf8))
      let rows = try #require(json as? [[String: Any]])
      #expect(rows.count == 4)
      let members: Set = [
        "id", "transfer_id", "client_ip", "name", "size", "started_at", "finished_at",
        "duration_seconds", "bytes_per_second", "status", "reason", "sha256", "protocol", "client",
      ]
      #expect(members.isSubset(of: Set(rows[0].keys)))
      let csv = try await history("csv").components(separatedBy: "\r\n")
      #expect(csv.count == 6 && csv[0].hasPrefix("id,transfer_id,client_ip,name,size,"))
      let table = try await history("table").split(separator: "\n")
      #expect(table.count == 5 && table[1].hasSuffix("failed: exists"))
    }
  }

  @Test(
    "xferd history reads the database while the receiver runs and after it has ended")
  func databaseIsReadableInPlace() async throws {
    let data = directory.path + "/data"
    let database = data + "/history.sqlite"
    try await withReceiver(data: data) { receiver in
      try await fill(receiver)
      let rows = try await Programs.xferd(
        "history", "--database", database, "--format", "jsonl")
      #expect(rows.objects.count == 4)
    }
    let after = try await Programs.xferd("history", "--database", database, "--format", "jsonl")
    #expect(after.objects.count == 4)
    let none = try await Programs.xferd("history", "--database", directory.path + "/none")
    #expect(none.status == 74 && none.err.contains("cannot be opened"))
  }

  @Test("The sqlite3 shell reads the history")
  func sqlite3ReadsHistory() async throws {
    try await withReceiver { receiver in
      try await fill(receiver)
      let sql = "SELECT name, size, status, reason, protocol FROM history ORDER BY id DESC LIMIT 2"
      #expect(
        try await receiver.sqlite(sql)
          == "a.log|7|failed|exists|native\nc.txt|1000|completed||native"
      )
      #expect(try await receiver.sqlite("PRAGMA journal_mode") == "wal")
    }
  }
}
