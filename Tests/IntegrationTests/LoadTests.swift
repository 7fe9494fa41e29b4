import Foundation
import Synchronization
import Testing

@Suite(
  "A receiver under load loses no file and leaks no resource", .timeLimit(.minutes(20)), .serialized
)
struct LoadTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The most threads that the supervisor had at any look while `body` ran. How often it looks
  /// depends on what else the machine does, so a body with several steps looks after each too.
  private func watchingThreads(
    of pid: pid_t, _ body: () async throws -> Void
  ) async throws -> Int {
    let isOver = Atomic(false)
    async let watch = {
      var most = 0
      while !isOver.load(ordering: .relaxed) {
        most = max(most, ProcessTable.threads(of: pid))
        await Task.yield()
      }
      return most
    }()
    do {
      defer { isOver.store(true, ordering: .relaxed) }
      try await body()
    }
    return await watch
  }

  @Test(
    "200 concurrent senders of 20 files get 4,000 receipts, files and rows"
  )
  func concurrentSendersLoseNoFile() async throws {
    for file in 0..<20 {
      try directory.file("files/\(file)", bytes: 500 * file, seed: UInt64(file))
    }
    let files = directory.path + "/files"
    try await withReceiver { receiver in
      let before = ProcessTable.descriptors(of: receiver.pid).count
      let threads = try await watchingThreads(of: receiver.pid) {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
          for sender in 0..<200 {
            group.addTask { try await receiver.send(files, "--as", "\(sender)") }
          }
          for try await outcome in group {
            #expect(ProcessTable.threads(of: receiver.pid) == 1)
            #expect(outcome.status == 0, "\(outcome.err)")
            #expect(outcome.objects.count { $0["status"] as? String == "received" } == 20)
          }
        }
      }
      #expect(threads == 1)
      try await expectNothingLeft(receiver, rows: 4000, descriptors: before)
      for sender in 0..<200 {
        let diff = try await Programs.run(
          "/usr/bin/env", ["diff", "-r", files, receiver.published("\(sender)")])
        #expect(diff.status == 0, "\(diff.out)")
      }
    }
  }

  @Test(
    "2,000 sequential connections leave no process, descriptor or partial file")
  func sequentialConnectionsLeakNothing() async throws {
    for file in 0..<2000 { try directory.file("files/\(file)", bytes: 100, seed: UInt64(file)) }
    try await withReceiver { receiver in
      let before = ProcessTable.descriptors(of: receiver.pid).count
      let threads = try await watchingThreads(of: receiver.pid) {
        let outcome = try await receiver.classic("send", directory.path + "/files")
        #expect(outcome.status == 0)
        #expect(outcome.objects.count { $0["status"] as? String == "received" } == 2000)
      }
      #expect(threads == 1)
      try await expectNothingLeft(receiver, rows: 2000, descriptors: before)
    }
  }

  private func expectNothingLeft(
    _ receiver: Receiver, rows: Int, descriptors: Int
  ) async throws {
    let counted = try await receiver.sqlite(
      """
      SELECT count(*), count(DISTINCT transfer_id), sum(status = 'completed') FROM history
      WHERE kind = 'file'
      """)
    #expect(counted == "\(rows)|\(rows)|\(rows)")
    let table = ProcessTable(supervisor: receiver.pid)
    try await eventually { table.children.count == 3 }
    #expect(table.zombies == 0)
    #expect(ProcessTable.descriptors(of: receiver.pid).count == descriptors)
    #expect(receiver.arriving.isEmpty)
    #expect(await receiver.log.count(of: "locked") == 0)
    #expect(await receiver.log.count(of: " error ") == 0)
  }

  @Test("The log has one complete line for each file, though lines are written together")
  func eachFileIsLoggedOnce() async throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/many", withIntermediateDirectories: false)
    // The lines fit into a pipe of 64 KiB, so that none is lost if this test reads late.
    let names = (0..<120).map { "f\($0)" + String(repeating: "-", count: $0 % 180) }
    for name in names { _ = try directory.text("many/" + name, name) }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(directory.path + "/many", "--as", "m")
      #expect(outcome.status == 0, "\(outcome.err)")
      for name in names {
        let line = " name=m/\(name) bytes=\(name.utf8.count) "
        #expect(await receiver.log.line(with: line) != nil)
        let count = await receiver.log.count(of: line)
        #expect(count == 1, "\(name)")
      }
    }
  }
}
