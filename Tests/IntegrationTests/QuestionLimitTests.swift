import Foundation
import Testing

@Suite("Queries of a session are bounded in time and memory", .timeLimit(.minutes(20)), .serialized)
struct QuestionLimitTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func ask(_ receiver: Receiver, _ arguments: String...) async throws -> [String: Any] {
    let outcome = try await Programs.python("hostile_questions.py", [receiver.server] + arguments)
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  private func sessions(_ receiver: Receiver) -> [pid_t] {
    ProcessTable(supervisor: receiver.pid).children.filter { $0.title.hasPrefix("xferd: session") }
      .map(\.pid)
  }

  @Test("A pattern that is longer than any name is refused on both ports")
  func overlongPatternIsRefused() async throws {
    try await withReceiver { receiver in
      let answer = try await ask(receiver, "pattern", "1025")
      #expect(answer["refused"] as? Int == 6)
      #expect((answer["sentence"] as? String)?.contains("1024 at most") == true)
      #expect(try await ask(receiver, "pattern", "1024")["answered"] as? Bool == true)
      let page = try await receiver.page("/history?name=" + String(repeating: "x", count: 1025))
      #expect(page.status == 400 && page.body.contains("1024 at most"))
      let told = try await Programs.xferctl(
        "history", "--server", receiver.server, "--name", String(repeating: "x", count: 1025))
      #expect(told.status == 77 && told.err.contains("1024 at most"))
    }
  }

  @Test(
    "A query is cancelled at its deadline, and with its session when its client disconnects")
  func longQueryIsCancelled() async throws {
    let data = directory.path + "/data"
    // The pattern takes about 3 ms for each row, and five minutes for all of them.
    try await LongHistory.make(data, rows: 100_000, nameBytes: 1024)
    try await withReceiver(data: data) { receiver in
      let answer = try await ask(receiver, "pattern", "1024")
      #expect((answer["sentence"] as? String)?.contains("took longer than 10 seconds") == true)
      _ = try await ask(receiver, "leave")
      try await eventually { sessions(receiver).isEmpty }
      let pattern = "*%5B" + String(repeating: "x", count: 1000) + "%5D"
      async let page = receiver.page("/history?name=" + pattern)
      #expect(try await receiver.page("/healthz").status == 200)
      #expect(try await receiver.page("/readyz").status == 200)
      #expect(try await page.status == 503)
    }
  }

  @Test("The session of a closed connection ends with its queries")
  func closedConnectionEndsSession() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20_000, nameBytes: 1024)
    try await withReceiver(data: data) { receiver in
      _ = try await ask(receiver, "close", "20")
      try await eventually { sessions(receiver).isEmpty }
    }
  }

  @Test("A client that closed only its sending side gets its answer")
  func halfClosedConnectionIsAnswered() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20_000, nameBytes: 40)
    try await withReceiver(data: data) { receiver in
      let answer = try await ask(receiver, "half")
      #expect(answer["answered"] as? Bool == true, "\(answer)")
      #expect(answer["rows"] as? Int ?? 0 > 10_000, "\(answer)")
    }
  }

  @Test(
    "A flood of queries leaves a session below 16 MiB",
    arguments: [("stats", 4000), ("health", 30_000), ("history", 2000)])
  func queryFloodCostsBoundedMemory(_ kind: String, _ count: Int) async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 20, nameBytes: 1024)
    try await withReceiver(data: data) { receiver in
      try await HeldClient.run(
        "hostile_questions.py", [receiver.server, "flood", kind, "\(count)"]
      ) { answers in
        #expect(answers["ends"] as? Int == count)
        let session = try #require(sessions(receiver).first)
        let bytes = try ProcessTable.privateBytes(of: session)
        #expect(bytes < 16 << 20, "\(bytes)")
      }
    }
  }

  @Test("A flood of long texts leaves a session below 16 MiB")
  func longTextsCostBoundedMemory() async throws {
    try await withReceiver { receiver in
      try await HeldClient.run("hostile_questions.py", [receiver.server, "words", "3000"]) {
        #expect($0["said"] as? Int == 3000)
        let bytes = try ProcessTable.privateBytes(of: try #require(sessions(receiver).first))
        #expect(bytes < 16 << 20, "\(bytes)")
        let recorder = try #require(ProcessTable(supervisor: receiver.pid).child("recorder"))
        let recorderBytes = try ProcessTable.privateBytes(of: recorder)
        #expect(recorderBytes < 64 << 20, "\(recorderBytes)")
      }
    }
  }

  @Test("Health checks share one wait while the history is locked")
  func healthChecksShareOneWait() async throws {
    try await withReceiver { receiver in
      try await HeldTransfer.running(
        "/usr/bin/env", ["python3", Programs.clients + "/lock_history.py", receiver.database],
        untilItSays: "locked"
      ) {
        try await HeldClient.run(
          "hostile_questions.py", [receiver.server, "flood", "health", "2000"]
        ) { #expect($0["refusals"] as? Int == 2000) }
      }
      try await eventually {
        try await Programs.xferctl("health", "--server", receiver.server).status == 0
      }
    }
  }
}
