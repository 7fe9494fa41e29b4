import Foundation
import Glibc
import Testing

@Suite("Commands run after files and sets, and none is forgotten", .timeLimit(.minutes(5)))
struct HookTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var log: String { directory.path + "/hooks.log" }

  /// The lines that commands have written.
  private func lines() -> [String] {
    (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").map(String.init)
      ?? []
  }

  private func appending(_ text: String) -> String { "echo \"\(text)\" >> '\(log)'" }

  @Test("A command gets the file in its environment and as JSON, and runs in files/")
  func commandGetsFile() async throws {
    let file = try directory.file("with blank", bytes: 1000)
    let command =
      "cat > '\(directory.path)/json'; test -f \"$XFER_NAME\" && "
      + appending("$XFER_EVENT|$XFER_NAME|$XFER_SIZE|$XFER_SHA256|$XFER_ATTEMPT|$PWD")
    try await withReceiver("--on-file", command) { receiver in
      let outcome = try await receiver.send(file)
      let digest = try #require(outcome.objects.first?["sha256"] as? String)
      try await eventually { lines().count == 1 }
      #expect(
        lines() == [
          "file|with blank|1000|\(digest)|1|\(receiver.published("").dropLast())"
        ])
      let json = try #require(
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(fileURLWithPath: directory.path + "/json")))
          as? [String: Any])
      #expect(json["name"] as? String == "with blank" && json["sha256"] as? String == digest)
      #expect(json["path"] as? String == receiver.published("with blank"))
      #expect(json["event"] as? String == "file" && json["attempt"] as? Int == 1)
    }
  }

  @Test("Each of 300 files has its command once, in the order of the rows, by four at a time")
  func eachFileHasItsCommand() async throws {
    for file in 0..<300 { try directory.file("tree/\(file)", bytes: 10, seed: UInt64(file)) }
    try await withReceiver("--on-file", appending("$XFER_ID"), "--hook-jobs", "1") { receiver in
      #expect(try await receiver.send(directory.path + "/tree").status == 0)
      try await eventually { lines().count == 300 }
      #expect(lines() == lines().sorted { Int($0) ?? 0 < Int($1) ?? 0 })
      #expect(Set(lines()).count == 300)
    }
  }

  @Test("A command that fails is run again, and other files do not wait for it")
  func failedCommandRunsAgain() async throws {
    let bad = try directory.file("bad", bytes: 10)
    let good = try directory.file("good", bytes: 10)
    let command =
      "\(appending("$XFER_NAME $XFER_ATTEMPT")); echo why >&2; "
      + "test $XFER_NAME = good || test $XFER_ATTEMPT = 3"
    try await withReceiver("--on-file", command, "--hook-jobs", "1") { receiver in
      #expect(try await receiver.send(bad).status == 0)
      #expect(try await receiver.send(good).status == 0)
      try await eventually { lines().contains("bad 3") }
      #expect(Set(lines()) == ["bad 1", "good 1", "bad 2", "bad 3"])
      let why = await receiver.log.line(with: "it exited with status 1: why")
      #expect(why?.contains("attempt=1") == true)
      try await eventually {
        let page = (try? await receiver.page("/metrics"))?.body
        return page?.contains("xfer_hooks_failed_total 2\n") == true
          && page?.contains("xfer_hooks_succeeded_total 2\n") == true
          && page?.contains("xfer_hooks_waiting 0\n") == true
      }
    }
  }

  @Test("A command that runs too long is ended with all of its processes, and counts as failed")
  func slowCommandIsEnded() async throws {
    let file = try directory.file("slow", bytes: 10)
    let command = "echo $$ >> '\(log)'; sleep 1000 & wait"
    try await withReceiver("--on-file", command, "--hook-timeout", "1s", "--hook-retry", "0s") {
      receiver in
      #expect(try await receiver.send(file).status == 0)
      #expect(await receiver.log.line(with: "it ran longer than 1 seconds") != nil)
      #expect(await receiver.log.line(with: "gave up a command of a hook") != nil)
      let group = try #require(lines().first.flatMap { pid_t($0) })
      try await eventually { kill(-group, 0) != 0 && errno == ESRCH }
    }
  }

  @Test("A file that arrived while the hooks' process was dead has its command after its restart")
  func killedProcessForgetsNothing() async throws {
    let (one, two) = (try directory.file("one", bytes: 1), try directory.file("two", bytes: 2))
    let gate = directory.path + "/gate"
    let command = "\(appending("$XFER_NAME")); while [ ! -e '\(gate)' ]; do sleep 0.05; done"
    try await withReceiver("--on-file", command) { receiver in
      #expect(try await receiver.send(one).status == 0)
      try await eventually { lines() == ["one"] }
      kill(try #require(ProcessTable(supervisor: receiver.pid).child("hooks")), SIGKILL)
      #expect(try await receiver.send(two).status == 0)
      _ = FileManager.default.createFile(atPath: gate, contents: nil)
      try await eventually { Set(lines()) == ["one", "two"] && lines().count >= 3 }
      #expect(lines().count == 3)
    }
  }

  @Test("A file whose command was under way at a shutdown has it again after the next start")
  func restartForgetsNothing() async throws {
    let file = try directory.file("one", bytes: 1)
    let data = directory.path + "/data"
    try await withReceiver("--on-file", "\(appending("$XFER_NAME")); sleep 1000", data: data) {
      receiver in
      #expect(try await receiver.send(file).status == 0)
      try await eventually { lines() == ["one"] }
    }
    try await withReceiver("--on-file", appending("again $XFER_NAME"), data: data) { _ in
      try await eventually { lines().contains("again one") }
      #expect(lines() == ["one", "again one"])
    }
  }

  @Test("A new hook does not run for files of before")
  func newHookBeginsNow() async throws {
    let (old, new) = (try directory.file("old", bytes: 1), try directory.file("new", bytes: 2))
    let data = directory.path + "/data"
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(old)
      #expect(outcome.status == 0)
    }
    try await withReceiver("--on-file", appending("$XFER_NAME"), data: data) { receiver in
      #expect(try await receiver.send(new).status == 0)
      try await eventually { lines().contains("new") }
      #expect(lines() == ["new"])
    }
  }

  @Test("A command can neither signal nor trace a process of the receiver")
  func commandIsConfined() async throws {
    let file = try directory.file("one", bytes: 1)
    let command =
      "kill -0 $SUPERVISOR 2>/dev/null && echo signalled >> '\(log)'; "
      + "python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL(None).ptrace(16, int(os.environ[\"SUPERVISOR\"]), 0, 0) == 0)' "
      + "|| echo traced >> '\(log)'; grep -c 'NoNewPrivs:.*1' /proc/self/status >> '\(log)'"
    try await withReceiver(
      "--on-file", "export SUPERVISOR=$(ps -o ppid= -p $PPID | tr -d ' '); \(command)"
    ) { receiver in
      #expect(try await receiver.send(file).status == 0)
      try await eventually { !lines().isEmpty }
      try await eventually {
        (try? await receiver.page("/metrics"))?.body.contains("xfer_hooks_running 0\n") == true
      }
      #expect(lines() == ["1"])
    }
  }
}
