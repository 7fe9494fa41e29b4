import Foundation
import Testing

@Suite("A process that dies costs a delay at most")
struct FaultTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "The recorder and the stats process are killed under load again and again",
    .timeLimit(.minutes(3)))
  func helpers() async throws {
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
      #expect(await receiver.log.count(of: "recorder was killed by signal 9") == 4)
      try await eventually { try await receiver.page("/readyz").status == 200 }
    }
  }

  @Test(
    "A session that is killed is told in the log, and its sender tries again by itself",
    .timeLimit(.minutes(3)))
  func session() async throws {
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
}
