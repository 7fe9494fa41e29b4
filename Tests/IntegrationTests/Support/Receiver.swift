import Foundation
import FoundationNetworking
import Subprocess
import SystemPackage
import Testing

/// A running `xferd` on its own ports.
struct Receiver: Sendable {
  let pid: pid_t
  let data: String
  let server: String
  let http: String
  let log: ReceiverLog

  var files: String { data + "/files" }
  var incoming: String { data + "/incoming" }
  var database: String { data + "/history.sqlite" }

  func signal(_ number: Int32) { kill(pid, number) }

  /// The names of the files in `incoming/`.
  var arriving: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: incoming)) ?? []
  }

  /// The names of the partial files in `incoming/`, without their sums files.
  var partials: [String] { arriving.filter { !$0.hasSuffix(".sums") } }

  /// The number of bytes of the partial files in `incoming/`.
  var arrivedBytes: Int {
    partials.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(incoming)/\(name)")
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }

  func published(_ name: String) -> String { files + "/" + name }

  /// Sends with xferctl, which prints JSON objects.
  func send(_ arguments: String...) async throws -> Outcome {
    try await Programs.xferctl(["send", "--server", server, "--json"] + arguments)
  }

  func history(_ arguments: String...) async throws -> [[String: Any]] {
    let base = ["history", "--server", server, "--format", "jsonl", "--limit", "0"]
    let outcome = try await Programs.xferctl(base + arguments)
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.objects
  }

  /// Runs a query in the sqlite3 shell and returns its output.
  func sqlite(_ sql: String) async throws -> String {
    let outcome = try await Programs.run("/usr/bin/env", ["sqlite3", "-readonly", database, sql])
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Returns the status and the body of a page of the stats process.
  func page(_ path: String) async throws -> (status: Int, body: String) {
    let url = try #require(URL(string: "http://\(http)\(path)"))
    // The task is detached because URLSession crashes if a cancelled test cancels it.
    let loading = Task.detached { try await URLSession.shared.data(from: url) }
    let (data, response) = try await loading.value
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    return (status, String(decoding: data, as: UTF8.self))
  }

  func native(_ arguments: String...) async throws -> [String: Any] {
    try await native(arguments)
  }

  func native(_ arguments: [String]) async throws -> [String: Any] {
    let outcome = try await Programs.python("native_client.py", [server] + arguments)
    return try #require(outcome.objects.last, "\(outcome.err)")
  }

  func classic(_ arguments: String...) async throws -> Outcome {
    try await Programs.python("classic_client.py", [server] + arguments)
  }
}

/// An error for a receiver that ended before it was ready.
struct DidNotStart: Error, CustomStringConvertible {
  let log: String
  var description: String { "the receiver did not start:\n\(log)" }
}

/// The exit status and the log of a receiver that has ended.
struct ReceiverEnd {
  let status: Int32
  let log: ReceiverLog
}

/// Starts a receiver, waits until it is ready, runs `body`, ends the receiver and returns its end.
/// A failure shows the end of its log.
@discardableResult
func withReceiver(
  _ arguments: String..., data: String? = nil, http: String? = "127.0.0.1:0",
  environment: [String: String] = [:], body: @Sendable (Receiver) async throws -> Void
) async throws -> ReceiverEnd {
  try await withReceiver(arguments, data: data, http: http, environment: environment, body: body)
}

/// Does the same. Without `http` the pages are at the receiver's default address.
@discardableResult
func withReceiver(
  _ arguments: [String], data: String? = nil, http: String? = "127.0.0.1:0",
  environment: [String: String] = [:],
  body: @Sendable (Receiver) async throws -> Void
) async throws -> ReceiverEnd {
  let own = try data == nil ? TemporaryDirectory() : nil
  let data = data ?? own.map { $0.path + "/data" } ?? ""
  let defaults =
    ["--listen", "127.0.0.1:0", "--data", data] + (http.map { ["--http", $0] } ?? [])
  return try await run(defaults + arguments, environment) { execution, log in
    let receiver = try await Receiver(execution.processIdentifier.value, data, log)
    do {
      try await body(receiver)
    } catch {
      Issue.record("\(error)\nThe receiver's log ends so:\n\(await log.tail)")
    }
    receiver.signal(SIGTERM)
  }
}

/// Runs a receiver that must end by itself.
func runReceiver(
  _ arguments: [String], environment: [String: String] = [:]
) async throws -> (status: Int32, err: String) {
  let outcome = try await Programs.run(Programs.directory + "/xferd", arguments, environment)
  return (outcome.status, outcome.err)
}

private typealias Running = Execution<NoInput, DiscardedOutput, SequenceOutput>

private func run(
  _ arguments: [String], _ environment: [String: String],
  _ body: (Running, ReceiverLog) async throws -> Void
) async throws -> ReceiverEnd {
  let log = ReceiverLog()
  let result = try await Subprocess.run(
    .path(FilePath(Programs.directory + "/xferd")), arguments: Arguments(arguments),
    environment: .inherit.updating(Programs.variables(environment)), input: .none,
    output: .discarded, error: .sequence
  ) { execution in
    let reader = Task {
      for try await line in execution.standardError.strings() { await log.add(line) }
      await log.complete()
    }
    do {
      try await body(execution, log)
    } catch {
      kill(execution.processIdentifier.value, SIGKILL)
      throw error
    }
    try await reader.value
  }
  return ReceiverEnd(status: result.terminationStatus.number, log: log)
}

extension Receiver {
  fileprivate init(_ pid: pid_t, _ data: String, _ log: ReceiverLog) async throws {
    guard let serving = await log.line(with: "serving http"),
      let receiving = await log.line(with: "receiving on ")
    else { throw DidNotStart(log: await log.tail) }
    self.pid = pid
    self.data = data
    self.log = log
    server = receiving.components(separatedBy: "receiving on ")[1]
    http = serving.components(separatedBy: "://")[1].components(separatedBy: "/")[0]
  }
}
