import Foundation
import Testing

@Suite(
  "Each process holds only the descriptors that it needs",
  .timeLimit(.minutes(20)))
struct ProcessTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The targets of the descriptors, without the numbers of sockets and the data directory.
  private func kinds(_ pid: pid_t, _ data: String) -> [String] {
    ProcessTable.descriptors(of: pid).map { target in
      target.hasPrefix("socket:") ? "socket" : target.replacingOccurrences(of: data + "/", with: "")
    }.sorted()
  }

  @Test(
    "A session holds its connection, signals, directories, file and channel to the recorder")
  func sessionDescriptors() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      try await HeldTransfer.run(receiver.server, file, "f") { _ in
        let session = try #require(table.child("session 127.0.0.1:"))
        try await eventually { receiver.arriving.count == 1 }
        let id = try #require(receiver.arriving.first)
        #expect(
          kinds(session, receiver.data) == [
            "anon_inode:[signalfd]", "files", "incoming", "incoming/\(id)", "socket", "socket",
          ])
      }
    }
  }

  @Test(
    "The recorder holds the directories, the lock, its socket and the database")
  func recorderDescriptors() async throws {
    try await withReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      let recorder = try #require(table.child("recorder"))
      #expect(
        kinds(recorder, receiver.data) == [
          receiver.data, "anon_inode:[signalfd]", "files", "history.sqlite", "history.sqlite-shm",
          "history.sqlite-wal", "incoming", "lock", "socket",
        ])
    }
  }

  @Test(
    "The supervisor holds the directories, the lock and four listeners, and has one thread")
  func supervisorDescriptors() async throws {
    try await withReceiver { receiver in
      #expect(
        kinds(receiver.pid, receiver.data) == [
          receiver.data, "anon_inode:[signalfd]", "files", "incoming", "lock", "socket", "socket",
          "socket", "socket",
        ])
      #expect(ProcessTable.threads(of: receiver.pid) == 1)
    }
  }

  /// The stats process keeps its threads and the history open after it has answered.
  @Test(
    "The stats process holds its listener, its event loop and the history read-only")
  func statsDescriptors() async throws {
    try await withReceiver { receiver in
      for path in ["/stats", "/metrics", "/history"] {
        #expect(try await receiver.page(path).status == 200)
      }
      let stats = try #require(ProcessTable(supervisor: receiver.pid).child("stats"))
      // The listener, and the connection of this test.
      let held = kinds(stats, receiver.data)
      #expect(held.count { $0 == "socket" } <= 2, "\(held)")
      let others = Set(held).subtracting(["socket"])
      #expect(
        others.isSubset(of: [
          "anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[signalfd]",
          "anon_inode:[timerfd]", "history.sqlite", "history.sqlite-shm", "history.sqlite-wal",
        ]), "\(held)")
      #expect(others.contains("history.sqlite"))
      #expect(try isReadOnly("history.sqlite", of: stats, receiver.data))
      // Some threads for each processor, and some that wait for the disk.
      #expect(ProcessTable.threads(of: stats) <= 8 + 2 * ProcessInfo.processInfo.processorCount)
    }
  }

  @Test(
    "Questions are answered by a process with one connection and the history read-only, and a session never opens the history"
  )
  func answersDescriptors() async throws {
    try await withReceiver { receiver in
      try await HeldClient.run("hostile_questions.py", [receiver.server, "flood", "history", "3"]) {
        #expect($0["ends"] as? Int == 3)
        let table = ProcessTable(supervisor: receiver.pid)
        let session = try #require(table.child("session"))
        #expect(
          kinds(session, receiver.data) == [
            "anon_inode:[signalfd]", "files", "incoming", "socket", "socket",
          ])
        let answers = try #require(table.child("answers 127.0.0.1"))
        #expect(
          kinds(answers, receiver.data) == [
            "history.sqlite", "history.sqlite-shm", "history.sqlite-wal", "socket",
          ])
        #expect(try isReadOnly("history.sqlite", of: answers, receiver.data))
        #expect(ProcessTable.threads(of: answers) == 1)
      }
    }
  }

  /// Returns true if all descriptors of the file are read-only. The last octal digit of their flags
  /// is the access mode (proc(5), fdinfo).
  private func isReadOnly(_ name: String, of pid: pid_t, _ data: String) throws -> Bool {
    let folder = "/proc/\(pid)/fd"
    let numbers = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))
        == "\(data)/\(name)"
    }
    return try numbers.allSatisfy {
      let info = try String(contentsOfFile: "/proc/\(pid)/fdinfo/\($0)", encoding: .utf8)
      return info.firstMatch(of: /flags:\s+\d*0\n/) != nil
    }
  }

  @Test("ps shows the role of each process")
  func psShowsRoles() async throws {
    try await withReceiver { receiver in
      let titles = ProcessTable(supervisor: receiver.pid).children.map(\.title)
      #expect(Set(titles) == ["xferd: recorder", "xferd: keys", "xferd: stats"])
    }
  }
}
