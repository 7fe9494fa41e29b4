import Foundation
import Testing

@Suite("A process that dies delays a transfer at most", .timeLimit(.minutes(20)))
struct FaultTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Every file arrives once while the recorder and the stats process are killed repeatedly")
  func killedRecorderAndStatsLoseNoFile() async throws {
    let (senders, each) = (8, 150)
    for sender in 0..<senders {
      for file in 0..<each {
        try directory.file(
          "\(sender)/\(file)", bytes: file * 97, seed: UInt64(sender * 1000 + file))
      }
    }
    try await withReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      try await withThrowingTaskGroup(of: Outcome.self) { group in
        for sender in 0..<senders {
          group.addTask { try await receiver.send("\(directory.path)/\(sender)") }
        }
        for role in ["recorder", "stats", "recorder", "recorder", "stats", "recorder"] {
          try await eventually { table.child(role) != nil }
          let victim = try #require(table.child(role))
          kill(victim, SIGKILL)
          try await eventually { table.child(role) != nil && table.child(role) != victim }
        }
        for try await outcome in group {
          #expect(outcome.status == 0, "\(outcome.err)")
          #expect(outcome.objects.count == each)
        }
      }
      let failed = try await receiver.history("--status", "failed")
      #expect(failed.isEmpty, "\(failed.count) failed, as \(failed[0])")
      let rows = try await receiver.history().filter { $0["kind"] as? String == "file" }
      #expect(rows.count == senders * each)
      #expect(Set(rows.map { $0["name"] as? String }).count == senders * each)
      for sender in 0..<senders {
        let diff = try await Programs.run(
          "/usr/bin/env",
          ["diff", "-r", "\(directory.path)/\(sender)", receiver.published("\(sender)")])
        #expect(diff.status == 0, "\(diff.out)")
      }
      #expect(receiver.arriving.isEmpty)
      try await eventually { await receiver.log.count(of: "recorder was killed by signal 9") == 4 }
      try await eventually { try await receiver.page("/readyz").status == 200 }
    }
  }

  @Test(
    "A killed session is logged, and its sender retries by itself")
  func killedSessionIsLoggedAndRetried() async throws {
    let file = try await directory.noise("f", bytes: 500_000_000)
    try await withReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      async let outcome = receiver.send(file)
      try await eventually { receiver.arrivedBytes > 1_000_000 }
      let session = try #require(table.child("session"))
      kill(session, SIGKILL)
      #expect(try await outcome.status == 0)
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history("--status", "completed").count == 1)
      #expect(await receiver.log.line(with: "session \(session) was killed by signal 9") != nil)
    }
  }

  @Test(
    "A renamed file stays delivered if session and recorder die while it is sent again")
  func renamedFileSurvivesSessionAndRecorder() async throws {
    let file = try directory.file("f", bytes: 1000)
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace("recorder.renamed", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      async let sending = receiver.send(file)
      try await place.reached()
      #expect(receiver.arriving.isEmpty)
      kill(try #require(table.child("session")), SIGKILL)
      // The sender returns with the whole file while the recorder is still held at the first one.
      try await eventually { receiver.arrivedBytes == 1000 }
      kill(try #require(table.child("recorder")), SIGKILL)
      #expect(try await sending.status == 0)
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history().compactMap { $0["status"] as? String } == ["completed"])
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A second connection for the same transfer gets a receipt when the first one publishes it")
  func doubleConnectionGetsTwoReceipts() async throws {
    let file = try directory.file("f", bytes: 3_000_001)
    let failpoints = try TemporaryDirectory()
    let sealed = ArmedPlace("session.sealed", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      async let first = receiver.send(file)
      try await sealed.reached()
      let found = ArmedPlace("session.found", in: failpoints)
      async let second = receiver.send(file)
      try await found.reached()  // the recorder has told it that the transfer is new
      sealed.goOn()
      #expect(try await first.status == 0)
      found.goOn()
      #expect(try await second.status == 0)
      #expect(try await second.objects.first?["repeated"] as? Bool == true)
      #expect(try await receiver.history().compactMap { $0["status"] as? String } == ["completed"])
    }
  }

  @Test(
    "The recorder and its senders wait while another program locks the history",
    arguments: ["recorder.synced", "recorder.named"])
  func lockedHistoryDelaysReceipts(at name: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    let others = try directory.file("tree/other", bytes: 1000)
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace(name, in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let recorder = ProcessTable(supervisor: receiver.pid).child("recorder")
      async let sending = receiver.send(file)
      try await place.reached()
      async let sendingOther = receiver.send(others)
      let arrived = name == "recorder.named" ? 1000 : 2000
      try await eventually { receiver.arrivedBytes == arrived }
      try await HeldTransfer.running(
        "/usr/bin/env", ["python3", Programs.clients + "/lock_history.py", receiver.database],
        untilItSays: "locked"
      ) {
        place.goOn()
        #expect(await receiver.log.line(with: "cannot write the history; retrying") != nil)
        // The recorder answers this after the other file has reached it and waits.
        let health = try await Programs.xferctl(["health", "--server", receiver.server])
        #expect(health.status == 77)
        let readiness = try await receiver.page("/readyz").status
        #expect(readiness == 503)
      }
      // The file that arrived meanwhile waits, too: it is neither refused nor sent again.
      #expect(try await sending.status == 0)
      #expect(try await sendingOther.status == 0)
      let rows = try await receiver.history()
      #expect(rows.map { $0["status"] as? String } == ["completed", "completed"], "\(rows)")
      #expect(try await receiver.page("/readyz").status == 200)
      #expect(ProcessTable(supervisor: receiver.pid).child("recorder") == recorder)
    }
  }

  @Test("A log without a reader does not block the receiver")
  func unreadLogDoesNotBlock() async throws {
    for index in 0..<1000 { try directory.file("tree/\(index)", bytes: 10) }
    let outcome = try await Programs.python(
      "deaf_log_reader.py",
      [Programs.directory, directory.path + "/data", directory.path + "/tree"])
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(
      outcome.out.contains("lines of the log were lost before this"), "\(outcome.out.suffix(2000))")
  }
}
