import Foundation
import Testing

@Suite(
  "Each process holds what the table in docs/architecture.md says, and no more",
  .timeLimit(.minutes(10)))
struct ProcessTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Descriptors by kind: what is behind them without its number.
  private func kinds(_ pid: pid_t, _ data: String) -> [String] {
    ProcessTable.descriptors(of: pid).map { target in
      target.hasPrefix("socket:") ? "socket" : target.replacingOccurrences(of: data + "/", with: "")
    }.sorted()
  }

  @Test(
    "A session: its connection, its signals, the directories, the file, the recorder",
    .timeLimit(.minutes(5)))
  func sessionItsConnectionItsSignalsDirectoriesFileRecorder() async throws {
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
    "The recorder: the directories, the lock, its listener for sessions, the only database that can be written",
    .timeLimit(.minutes(5)))
  func recorderDirectoriesLockItsListenerForSessionsOnlyDatabase() async throws {
    try await withReceiver { receiver in
      let table = ProcessTable(supervisor: receiver.pid)
      let recorder = try #require(table.child("recorder"))
      #expect(
        kinds(recorder, receiver.data) == [
          "anon_inode:[signalfd]", "files", "history.sqlite", "history.sqlite-shm",
          "history.sqlite-wal", "incoming", "lock", "socket",
        ])
    }
  }

  @Test(
    "The supervisor: the directories, the lock, its listener, the recorder's listener, no database",
    .timeLimit(.minutes(5)))
  func supervisorDirectoriesLockItsListenerRecordersListenerNoDatabase() async throws {
    try await withReceiver { receiver in
      #expect(
        kinds(receiver.pid, receiver.data) == [
          "anon_inode:[signalfd]", "files", "incoming", "lock", "socket", "socket",
        ])
      #expect(ProcessTable.threads(of: receiver.pid) == 1)
    }
  }

  /// Also after it was asked: it keeps threads and the history open then.
  @Test(
    "The stats process: its listener, its clockwork, the history to be read, and nothing else",
    .timeLimit(.minutes(5)))
  func statsProcess() async throws {
    try await withReceiver { receiver in
      for path in ["/stats", "/metrics", "/history"] {
        #expect(try await receiver.page(path).status == 200)
      }
      let stats = try #require(ProcessTable(supervisor: receiver.pid).child("stats"))
      // The listener, and the connection over which this test asks.
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
      // Some for each processor, and some that wait for the disk.
      #expect(ProcessTable.threads(of: stats) <= 8 + 2 * ProcessInfo.processInfo.processorCount)
    }
  }

  /// By the flags of its descriptors (proc(5), fdinfo): the last octal digit is the way of access.
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

  @Test("ps shows the role of each process", .timeLimit(.minutes(5)))
  func psShowsRoleOfEachProcess() async throws {
    try await withReceiver { receiver in
      let titles = ProcessTable(supervisor: receiver.pid).children.map(\.title)
      #expect(Set(titles) == ["xferd: recorder", "xferd: stats"])
    }
  }
}
