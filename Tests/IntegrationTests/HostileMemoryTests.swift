import Foundation
import Testing

@Suite(
  "Whatever a peer asks for and does not read, no process takes more memory than its bound",
  .timeLimit(.minutes(10)))
struct HostileMemoryTests {
  static let cases = ["stats", "health", "patterns", "unread", "partials", "failures", "pages"]
  /// Private bytes that a process may have, by its role.
  static let bounds = ["session": 16 << 20, "recorder": 64 << 20, "stats": 64 << 20]

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func running(
    _ name: String, _ receiver: Receiver, _ body: () async throws -> Void
  ) async throws {
    try await HeldTransfer.running(
      "/usr/bin/env",
      [
        "python3", "-B", Programs.clients + "/greedy_client.py", receiver.server, receiver.http,
        name,
      ], untilItSays: "all is sent", body)
  }

  @Test(
    "A session stays below 16 MiB, the recorder and the stats process below 64, and files come in",
    .timeLimit(.minutes(5)), arguments: cases)
  func sessionStaysBelow16MiB(name: String) async throws {
    let file = try directory.file("good", bytes: 1000)
    try await withReceiver { receiver in
      // So that the pages and answers are long ones.
      if name == "unread" || name == "pages" { try await running("failures", receiver) {} }
      let watch = MemoryWatch(receiver.pid)
      let watching = Task { await watch.run() }
      try await running(name, receiver) {
        let sent = try await receiver.send(file)
        #expect(sent.status == 0, "\(sent.err)")
        // A costly question costs its time, and no memory.
        if name != "patterns" { try await watch.settle(Self.bounds) }
      }
      watching.cancel()
      await watching.value
      let most = await watch.most
      print("private memory, \(name): \(most.mapValues { "\($0 >> 10) KiB" })")
      for (role, bound) in Self.bounds {
        #expect(most[role] ?? 0 < bound, "\(role): \(most[role] ?? 0) bytes")
      }
    }
  }

  @Test("Offers that are withdrawn before their first byte leave no file", .timeLimit(.minutes(5)))
  func offersThatAreWithdrawnBeforeTheirFirstByteLeave() async throws {
    try await withReceiver { receiver in
      try await running("partials", receiver) {}
      try await eventually { try await receiver.page("/stats").body.contains("withdrawn  3000") }
      #expect(receiver.arriving.isEmpty, "\(receiver.arriving.count) files")
    }
  }
}

/// Looks again and again at what the processes of a receiver have for themselves (proc(5), smaps_rollup).
actor MemoryWatch {
  private let table: ProcessTable
  /// By role, of the largest process.
  private(set) var most: [String: Int] = [:]

  init(_ supervisor: pid_t) { table = ProcessTable(supervisor: supervisor) }

  func run() async {
    while !Task.isCancelled {
      look()
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Waits until the processes have nothing left to do for what was asked, or one has passed its bound.
  func settle(_ bounds: [String: Int]) async throws {
    var (ticks, idle) = ([pid_t: Int](), 0)
    while idle < 50, !bounds.contains(where: { most[$0.key] ?? 0 >= $0.value }) {
      look()
      let now = table.children.reduce(into: [:]) { $0[$1.pid] = cpu(of: $1.pid) }
      idle = now == ticks ? idle + 1 : 0
      ticks = now
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Ticks of the clock that a process has worked for (proc(5), stat).
  private func cpu(of pid: pid_t) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }

  func look() {
    for (pid, title) in table.children {
      let role = title.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      most[role] = max(most[role] ?? 0, MemoryWatch.privateBytes(of: pid))
    }
  }

  private static func privateBytes(of pid: pid_t) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
    else { return 0 }
    return text.matches(of: /Private_(?:Clean|Dirty): +(\d+) kB/)
      .reduce(0) { $0 + (Int($1.1) ?? 0) << 10 }
  }
}
