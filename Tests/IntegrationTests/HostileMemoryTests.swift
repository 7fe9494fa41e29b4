import Foundation
import Testing

@Suite(
  "A greedy peer never drives a process above its memory bound",
  .timeLimit(.minutes(20)))
struct HostileMemoryTests {
  static let cases = ["stats", "health", "patterns", "unread", "partials", "failures", "pages"]
  /// The private bytes that a process may have, by its role.
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
    "A session stays below 16 MiB, and the other processes below 64 MiB, under a greedy peer",
    arguments: cases)
  func greedyPeerCostsBoundedMemory(name: String) async throws {
    let file = try directory.file("good", bytes: 1000)
    try await withReceiver { receiver in
      // The rows of failures make the pages and answers long.
      if name == "unread" || name == "pages" { try await running("failures", receiver) {} }
      let watch = MemoryWatch(receiver.pid)
      let watching = Task { await watch.run() }
      try await running(name, receiver) {
        let sent = try await receiver.send(file)
        #expect(sent.status == 0, "\(sent.err)")
        // A costly query takes time and no memory.
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

  @Test("Offers that are withdrawn before their first byte leave no file")
  func withdrawnOffersLeaveNoFile() async throws {
    try await withReceiver { receiver in
      try await running("partials", receiver) {}
      try await eventually { try await receiver.page("/stats").body.contains("withdrawn  3000") }
      #expect(receiver.arriving.isEmpty, "\(receiver.arriving.count) files")
    }
  }
}

/// Samples the private memory of the processes of a receiver (proc(5), smaps_rollup).
actor MemoryWatch {
  private let table: ProcessTable
  /// The private bytes of the largest process of each role.
  private(set) var most: [String: Int] = [:]

  init(_ supervisor: pid_t) { table = ProcessTable(supervisor: supervisor) }

  func run() async {
    while !Task.isCancelled {
      look()
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Waits until the processes are idle, or one has passed its bound.
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

  /// The CPU time of a process in clock ticks (proc(5), stat).
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
