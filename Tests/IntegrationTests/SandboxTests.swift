import Foundation
import Testing

/// Each test tries what must be impossible, from inside the process, by probes of a failpoint. The
/// same probes succeed with `--sandbox off`, which shows that they can fail.
@Suite("A process reaches only what its role needs", .timeLimit(.minutes(20)))
struct SandboxTests {
  /// Attempts that no process may make.
  private static let common = [
    "read /etc/passwd", "write /etc/hostname", "create /tmp/xfer-probe", "list /", "fork /bin/true",
    "execute /tmp/xfer-no-program", "datagram", "code", "notify", "fastopen sendto",
    "fastopen sendmsg", "fastopen sendmmsg",
  ]

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private typealias Probes = @Sendable (Receiver) throws -> [String]
  private typealias Trigger = @Sendable (Receiver) async throws -> Void

  /// Starts a receiver, makes a process of it try the probes at a place, and returns them with those
  /// that succeeded. `probes` receives the receiver. `trigger` lets the process reach the place.
  private func tried(
    _ arguments: [String], at name: String, _ probes: @escaping Probes, trigger: @escaping Trigger
  ) async throws -> (all: [String], succeeded: [String]) {
    let failpoints = try TemporaryDirectory()
    let results = Results()
    try await withReceiver(
      arguments, environment: ArmedPlace.environment(failpoints)
    ) { receiver in
      _ = try await receiver.send(try directory.file("delivered", bytes: 1000))
      let all = try probes(receiver)
      let place = try ArmedPlace(name, probes: all, in: failpoints)
      async let triggered: Void = trigger(receiver)
      await results.set(all, try await place.succeeded())
      place.goOn()
      try await triggered
    }
    return await (results.all, results.succeeded)
  }

  private actor Results {
    var all: [String] = []
    var succeeded: [String] = []
    func set(_ all: [String], _ succeeded: [String]) {
      (self.all, self.succeeded) = (all, succeeded)
    }
  }

  /// Expects that all probes succeed without a sandbox, and in it exactly those that are allowed.
  private func expect(
    at name: String, _ arguments: [String] = [], denied: @escaping Probes,
    allowed: @escaping Probes, trigger: @escaping Trigger
  ) async throws {
    let probes: Probes = { try denied($0) + allowed($0) }
    let outside = try await tried(
      ["--sandbox", "off"] + arguments, at: name, probes, trigger: trigger)
    #expect(
      !outside.all.isEmpty && outside.succeeded == outside.all, "\(outside.succeeded)")
    unlink("/tmp/xfer-probe")
    // Paths differ from run to run, so that the probes are known by their place in the list.
    let count = Count()
    let inside = try await tried(
      ["--sandbox", "on"] + arguments, at: name,
      { receiver in
        count.value = try allowed(receiver).count
        return try probes(receiver)
      }, trigger: trigger)
    #expect(
      count.value > 0 && inside.succeeded == Array(inside.all.suffix(count.value)),
      "\(inside.succeeded)")
  }

  private final class Count: @unchecked Sendable { var value = 0 }

  private static func port(_ address: String) -> String {
    String(address.split(separator: ":").last ?? "")
  }

  /// Probes of another process: signals, also as the owner of a descriptor, traces, and changes of
  /// the time that it gets.
  private static func other(_ role: String, _ receiver: Receiver) throws -> [String] {
    let pid = try #require(ProcessTable(supervisor: receiver.pid).child(role))
    return ["signal", "own", "trace", "priority", "schedule"].map { "\($0) \(pid)" }
  }

  /// Probes of other processes and of the network.
  private static func others(_ receiver: Receiver) throws -> [String] {
    try common + other("stats", receiver) + [
      "signal \(receiver.pid)", "own \(receiver.pid)", "connect \(port(receiver.http))", "bind 0",
    ]
  }

  private static func key(_ receiver: Receiver) -> String {
    "read \(receiver.data)/identity/key.pem"
  }

  @Test(
    "A session cannot open other files, connect, execute, trace, signal or slow down others, or change files/"
  )
  func sessionIsConfined() async throws {
    try await expect(
      at: "session.asked",
      denied: { receiver in
        try Self.others(receiver) + [
          "read \(receiver.files)/delivered", "write \(receiver.files)/delivered",
          "create \(receiver.files)/new", "remove \(receiver.files)/new",
          "read \(receiver.database)", "write \(receiver.database)", "list \(receiver.data)",
          Self.key(receiver),
        ]
      },
      allowed: { ["create \($0.incoming)/probe", "read /proc/locks"] },
      trigger: { _ = try await Programs.xferctl("health", "--server", $0.server) })
  }

  @Test("An answers process can read the history, and cannot change it or read anything else")
  func answersProcessIsConfined() async throws {
    try await expect(
      at: "answers.asked",
      denied: { receiver in
        try Self.others(receiver) + [
          "read \(receiver.files)/delivered", "create \(receiver.files)/new",
          "write \(receiver.database)", "write \(receiver.database)-wal",
          "write \(receiver.database)-shm", "create \(receiver.incoming)/probe",
          "list \(receiver.data)", Self.key(receiver),
        ]
      },
      allowed: { ["read \($0.database)"] },
      trigger: { _ = try await $0.history() })
  }

  @Test("The stats process can read the history, and cannot change it, connect or read files")
  func statsProcessIsConfined() async throws {
    try await expect(
      at: "stats.asked",
      denied: { receiver in
        try Self.common.filter { $0 != "datagram" } + Self.other("recorder", receiver) + [
          "connect \(Self.port(receiver.server))", "read \(receiver.files)/delivered",
          "create \(receiver.files)/new", "write \(receiver.database)",
          "write \(receiver.database)-shm", "create \(receiver.incoming)/probe",
          "list \(receiver.data)", Self.key(receiver),
        ]
      },
      allowed: { ["read \($0.database)"] }, trigger: { _ = try await $0.page("/stats") })
  }

  @Test("The stats process can read the certificate of the pages, and no file beside it")
  func statsProcessReadsCertificate() async throws {
    let identity = try await Certificates().sign("pages", names: "IP:127.0.0.1")
    let other = identity.path + "/other.pem"
    try Data("secret".utf8).write(to: URL(fileURLWithPath: other))
    try await expect(
      at: "stats.asked",
      ["--http-certificate", identity.certificate, "--http-key", identity.key],
      denied: { _ in ["read \(other)", "list \(identity.path)"] },
      allowed: { _ in ["read \(identity.certificate)", "read \(identity.key)"] },
      trigger: { receiver in
        _ = try await Programs.run(
          "/usr/bin/env", ["curl", "-sk", "https://\(receiver.http)/stats"])
      })
  }

  @Test("The recorder can change the data directory, and nothing else")
  func recorderIsConfined() async throws {
    try await expect(
      at: "recorder.answered",
      denied: { receiver in
        try Self.common + Self.other("stats", receiver) + [
          "own \(receiver.pid)", "connect \(Self.port(receiver.http))", "bind 0",
        ]
      },
      allowed: { receiver in
        [
          "create \(receiver.files)/new", "remove \(receiver.files)/new",
          "write \(receiver.database)", "list \(receiver.data)",
        ]
      },
      trigger: { _ = try await Programs.xferctl("health", "--server", $0.server) })
  }

  @Test("The key process can read its key, and no other file, and cannot connect or signal")
  func keyProcessIsConfined() async throws {
    try await expect(
      at: "keys.asked",
      denied: { receiver in
        try Self.common + Self.other("stats", receiver) + [
          "own \(receiver.pid)", "connect \(Self.port(receiver.http))", "bind 0",
          "read \(receiver.files)/delivered", "create \(receiver.files)/new",
          "create \(receiver.incoming)/probe", "read \(receiver.database)",
          "write \(receiver.database)", "list \(receiver.data)",
        ]
      },
      allowed: { [Self.key($0)] },
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
