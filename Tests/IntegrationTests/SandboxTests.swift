import Foundation
import Testing

/// Each test tries what must be impossible, from inside the process, by probes of a failpoint. The
/// same probes succeed with `--sandbox off`, which shows that they can fail.
@Suite("A process reaches only what its role needs", .timeLimit(.minutes(20)))
struct SandboxTests {
  /// Attempts that no process may make.
  private static let common = [
    "read /etc/passwd", "write /etc/hostname", "create /tmp/xfer-probe", "list /", "fork /bin/true",
    "execute /tmp/xfer-no-program", "datagram", "code",
  ]

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Starts a receiver, makes a process of it try the probes at a place, and returns those that
  /// succeeded. `probes` receives the receiver. `trigger` lets the process reach the place.
  private func succeeded(
    _ mode: String, at name: String, _ probes: @escaping @Sendable (Receiver) -> [String],
    trigger: @escaping @Sendable (Receiver) async throws -> Void
  ) async throws -> [String] {
    let failpoints = try TemporaryDirectory()
    let results = Results()
    try await withReceiver(
      "--sandbox", mode, environment: ArmedPlace.environment(failpoints)
    ) { receiver in
      _ = try await receiver.send(try directory.file("delivered", bytes: 1000))
      let place = try ArmedPlace(name, probes: probes(receiver), in: failpoints)
      async let triggered: Void = trigger(receiver)
      await results.set(try await place.succeeded())
      place.goOn()
      try await triggered
    }
    return await results.list
  }

  private actor Results {
    var list: [String] = []
    func set(_ list: [String]) { self.list = list }
  }

  /// Expects that all probes succeed without a sandbox, and only `allowed` in it.
  private func expect(
    at name: String, allowed: [String] = [],
    _ probes: @escaping @Sendable (Receiver) -> [String],
    trigger: @escaping @Sendable (Receiver) async throws -> Void
  ) async throws {
    let count = Mutable()
    let all = try await succeeded(
      "off", at: name,
      {
        count.value = probes($0).count
        return probes($0)
      }, trigger: trigger)
    #expect(all.count == count.value, "\(all)")
    unlink("/tmp/xfer-probe")
    let inside = try await succeeded("on", at: name, probes, trigger: trigger)
    #expect(inside.allSatisfy { probe in allowed.contains { probe.hasPrefix($0) } }, "\(inside)")
    #expect(inside.count == allowed.count, "\(inside)")
  }

  private final class Mutable: @unchecked Sendable { var value = 0 }

  private static func port(_ address: String) -> String {
    String(address.split(separator: ":").last ?? "")
  }

  /// Changes of the time that another process gets.
  private static func scheduling(_ pid: pid_t) -> [String] {
    ["priority \(pid)", "schedule \(pid)"]
  }

  /// Probes of other processes and of the network.
  private static func others(_ receiver: Receiver, sibling: String) -> [String] {
    let pid = ProcessTable(supervisor: receiver.pid).child(sibling) ?? 0
    return common + [
      "signal \(pid)", "signal \(receiver.pid)", "trace \(pid)", "connect \(port(receiver.http))",
    ] + scheduling(pid)
  }

  @Test(
    "A session cannot open other files, connect, execute, trace, signal or slow down others, or change files/"
  )
  func sessionIsConfined() async throws {
    try await expect(
      at: "session.asked", allowed: ["create", "read"],
      { receiver in
        Self.others(receiver, sibling: "stats") + [
          "read \(receiver.files)/delivered", "write \(receiver.files)/delivered",
          "create \(receiver.files)/new", "remove \(receiver.files)/new", "bind 0",
          "read \(receiver.database)", "write \(receiver.database)", "list \(receiver.data)",
          // What a session may do.
          "create \(receiver.incoming)/probe", "read /proc/locks",
        ]
      },
      trigger: { _ = try await Programs.xferctl("health", "--server", $0.server) })
  }

  @Test("An answers process can read the history, and cannot change it or read anything else")
  func answersProcessIsConfined() async throws {
    try await expect(
      at: "answers.asked", allowed: ["read"],
      { receiver in
        Self.others(receiver, sibling: "stats") + [
          "read \(receiver.files)/delivered", "create \(receiver.files)/new", "bind 0",
          "write \(receiver.database)", "write \(receiver.database)-wal",
          "write \(receiver.database)-shm", "create \(receiver.incoming)/probe",
          "list \(receiver.data)",
          // What it may do.
          "read \(receiver.database)",
        ]
      },
      trigger: { _ = try await $0.history() })
  }

  @Test("The stats process can read the history, and cannot change it, connect or read files")
  func statsProcessIsConfined() async throws {
    let probes: @Sendable (Receiver) -> [String] = { receiver in
      let pid = ProcessTable(supervisor: receiver.pid).child("recorder") ?? 0
      return Self.common.filter { $0 != "datagram" } + [
        "signal \(pid)", "trace \(pid)", "connect \(Self.port(receiver.server))",
        "read \(receiver.files)/delivered", "create \(receiver.files)/new",
        "write \(receiver.database)", "write \(receiver.database)-shm",
        "create \(receiver.incoming)/probe", "list \(receiver.data)",
        // What it may do.
        "read \(receiver.database)",
      ] + Self.scheduling(pid)
    }
    try await expect(
      at: "stats.asked", allowed: ["read"], probes,
      trigger: { _ = try await $0.page("/stats") })
  }

  @Test("The recorder can change the data directory, and nothing else")
  func recorderIsConfined() async throws {
    try await expect(
      at: "recorder.answered", allowed: ["create", "remove", "write", "list"],
      { receiver in
        let pid = ProcessTable(supervisor: receiver.pid).child("stats") ?? 0
        return Self.common + [
          "signal \(pid)", "trace \(pid)", "connect \(Self.port(receiver.http))", "bind 0",
          // What it may do.
          "create \(receiver.files)/new", "remove \(receiver.files)/new",
          "write \(receiver.database)", "list \(receiver.data)",
        ] + Self.scheduling(pid)
      },
      trigger: { _ = try await Programs.xferctl("health", "--server", $0.server) })
  }

  @Test("The key process can read its key, and no other file, and cannot connect or signal")
  func keyProcessIsConfined() async throws {
    try await expect(
      at: "keys.asked", allowed: ["read"],
      { receiver in
        let pid = ProcessTable(supervisor: receiver.pid).child("stats") ?? 0
        return Self.common + [
          "signal \(pid)", "trace \(pid)", "connect \(Self.port(receiver.http))", "bind 0",
          "read \(receiver.files)/delivered", "create \(receiver.files)/new",
          "create \(receiver.incoming)/probe", "read \(receiver.database)",
          "write \(receiver.database)", "list \(receiver.data)",
          // What it may do.
          "read \(receiver.data)/identity/key.pem",
        ] + Self.scheduling(pid)
      },
      trigger: { receiver in
        _ = try await Programs.xferd(
          "health", "--data", receiver.data, "--listen", receiver.server)
      })
  }

  @Test("Every process but the supervisor has no capability, no new privileges and a filter")
  func processesHaveNoPrivileges() async throws {
    try await withReceiver { receiver in
      for pid in ProcessTable(supervisor: receiver.pid).children.map(\.pid) {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        #expect(status.contains("CapEff:\t0000000000000000"))
        #expect(status.contains("CapBnd:\t0000000000000000"))
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("Seccomp:\t2"))
        let limits = try String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#))
      }
    }
  }

  @Test("A session is killed for memory before the stats process, and that before the supervisor")
  func sessionDiesFirst() async throws {
    try await withReceiver { receiver in
      try await HeldClient.run("hostile_questions.py", [receiver.server, "flood", "history", "1"]) {
        _ in
        let table = ProcessTable(supervisor: receiver.pid)
        let scores = try [
          table.child("session"), table.child("answers"), table.child("stats"),
          table.child("recorder"), receiver.pid,
        ].map { try score(try #require($0)) }
        #expect(scores == scores.sorted(by: >) && Set(scores).count == scores.count, "\(scores)")
      }
    }
  }

  private func score(_ pid: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/oom_score_adj", encoding: .utf8)
    return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  @Test("--sandbox off says so in the log, and an unknown user ends the start")
  func settingsAreTold() async throws {
    let end = try await withReceiver("--sandbox", "off") { _ in }
    #expect(await end.log.line(with: "--sandbox off") != nil)
    let ended = try await runReceiver([
      "--data", directory.path + "/data", "--listen", "127.0.0.1:0", "--user", "no-such-user",
    ])
    #expect(ended.status == 78 && ended.err.contains("no user \"no-such-user\""), "\(ended.err)")
  }

  @Test(
    "--user becomes that user, which must be able to use the data directory",
    .enabled(if: geteuid() == 0))
  func userIsDropped() async throws {
    let refused = try await runReceiver([
      "--data", directory.path + "/data", "--listen", "127.0.0.1:0", "--user", "nobody",
    ])
    #expect(refused.status == 78 && refused.err.contains("chown -R nobody"), "\(refused.err)")
    let own = try TemporaryDirectory()
    chmod(directory.path, 0o755)
    chown(own.path, 65534, 65534)
    try await withReceiver("--user", "nobody", data: own.path + "/data") { receiver in
      let sent = try await receiver.send(try directory.file("f", bytes: 1000))
      #expect(sent.status == 0, "\(sent.err)")
      let pids = ProcessTable(supervisor: receiver.pid).children.map(\.pid) + [receiver.pid]
      for pid in pids {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        #expect(status.contains("Uid:\t65534\t65534\t65534\t65534"))
      }
    }
  }
}
