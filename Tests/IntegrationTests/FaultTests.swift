import Foundation
import Testing

@Suite("A process that dies costs a delay at most", .timeLimit(.minutes(10)))
struct FaultTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "The recorder and the stats process are killed under load again and again",
    .timeLimit(.minutes(5)))
  func recorderAndStatsProcessAreKilledUnderLoadAgain() async throws {
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
      let rows = try await receiver.history()
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
    "A session that is killed is told in the log, and its sender tries again by itself",
    .timeLimit(.minutes(5)))
  func sessionThatIsKilledIsToldInLog() async throws {
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
    "A file that has its name stays delivered when session and recorder die and it is sent again",
    .timeLimit(.minutes(5)))
  func sentAgainBeforeRecovery() async throws {
    let file = try directory.file("f", bytes: 1000)
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace("recorder.renamed", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      async let sending = receiver.send(file)
      try await place.reached()
      #expect(receiver.arriving.isEmpty)
      kill(try #require(table.child("session")), SIGKILL)
      // The sender comes back with the whole file while the recorder still stands at the first one.
      try await eventually { receiver.arrivedBytes == 1000 }
      kill(try #require(table.child("recorder")), SIGKILL)
      #expect(try await sending.status == 0)
      #expect(sameContent(file, receiver.published("f")))
      #expect(try await receiver.history().compactMap { $0["status"] as? String } == ["completed"])
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A file that is published for another connection is not refused for its own name",
    .timeLimit(.minutes(5)))
  func publishedForAnotherConnection() async throws {
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
    "A history that cannot be written for a while is waited for by the recorder, and by the sender",
    .timeLimit(.minutes(5)), arguments: ["recorder.synced", "recorder.named"])
  func historyThatCannotBeWrittenForWhileIsWaited(at name: String) async throws {
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
        // The recorder is asked behind the other file: it has met that by then, and let it wait.
        let health = try await Programs.xferctl(["health", "--server", receiver.server])
        #expect(health.status == 77)
        let readiness = try await receiver.page("/readyz").status
        #expect(readiness == 503)
      }
      // What came meanwhile waits, too: it is neither refused nor sent again.
      #expect(try await sending.status == 0)
      #expect(try await sendingOther.status == 0)
      let rows = try await receiver.history()
      #expect(rows.map { $0["status"] as? String } == ["completed", "completed"], "\(rows)")
      #expect(try await receiver.page("/readyz").status == 200)
      #expect(ProcessTable(supervisor: receiver.pid).child("recorder") == recorder)
    }
  }

  @Test("A log that nobody reads holds nobody up", .timeLimit(.minutes(5)))
  func logThatNobodyReadsHoldsNobodyUp() async throws {
    for index in 0..<1000 { try directory.file("tree/\(index)", bytes: 10) }
    let outcome = try await Programs.python(
      "deaf_log_reader.py",
      [Programs.directory, directory.path + "/data", directory.path + "/tree"])
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(
      outcome.out.contains("lines of the log were lost before this"), "\(outcome.out.suffix(2000))")
  }
}
