import Foundation
import Testing

/// Each process × each state of a file. The transfer is held at the place when the victim is
/// killed; docs/reliability.md shows the table.
@Suite(
  "A transfer survives the kill of any process in any state",
  .timeLimit(.minutes(20)))
struct KillMatrixTests {
  struct Cell: CustomTestStringConvertible, Sendable {
    let place: String
    let victim: String
    var testDescription: String { "\(victim) killed at \(place)" }
  }

  static let places = [
    "session.found", "session.accepted", "session.arriving", "session.sealed", "session.asked",
    "recorder.held", "recorder.syncing", "recorder.synced", "recorder.recorded", "recorder.renamed",
    "recorder.named",
    "recorder.completed", "recorder.answered", "session.receipt", "recorder.set",
  ]
  static let victims = ["session", "recorder", "hooks", "stats", "supervisor", "sender"]
  static let cells = places.flatMap { place in victims.map { Cell(place: place, victim: $0) } }

  private let directory: TemporaryDirectory
  private let failpoints: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  @Test(
    "Every file arrives once if a process is killed during the transfer",
    arguments: cells)
  func filesArriveOnceThroughKill(_ cell: Cell) async throws {
    try directory.file("tree/large", bytes: 3_000_001)
    try directory.file("tree/small", bytes: 1001)
    let port = try FreePort.find()
    let place = ArmedPlace(cell.place, in: failpoints)
    let kill: Int32? = cell.victim == "sender" ? nil : SIGKILL
    let sending = Task { try await send(port, killedWhen: kill == nil ? place : nil) }
    try await firstReceiver(cell, port, place, sending)
    try await withReceiver(settings(port), data: data) { receiver in
      let outcome = try await sending.value
      #expect(outcome.status == 0, "\(outcome.err)")
      try await expectAllThere(receiver)
    }
  }

  private var data: String { directory.path + "/data" }
  private var hooks: String { directory.path + "/hooks" }

  private func settings(_ port: Int) -> [String] {
    let command = "echo \"$XFER_NAME$XFER_SET_NAME\" >> '\(hooks)'"
    return ["--listen", "127.0.0.1:\(port)", "--on-file", command, "--on-set", command]
  }

  private var tree: String { directory.path + "/tree" }

  /// Waits until the transfer is at its place, kills the victim there, and ends this receiver when
  /// the sender has all its receipts, or at once if the supervisor is the victim.
  private func firstReceiver(
    _ cell: Cell, _ port: Int, _ place: ArmedPlace, _ sending: Task<Outcome, any Error>
  ) async throws {
    try await withReceiver(
      settings(port), data: data, environment: ArmedPlace.environment(failpoints)
    ) { receiver in
      try await place.reached()
      let table = ProcessTable(supervisor: receiver.pid)
      switch cell.victim {
      case "supervisor": receiver.signal(SIGKILL)
      case "sender": break  // `send` kills it
      default: kill(try #require(table.child(cell.victim)), SIGKILL)
      }
      place.goOn()
      if cell.victim != "supervisor" { _ = try await sending.value }
    }
  }

  /// Sends the tree. A sender that is the victim is killed at the place and started again.
  private func send(_ port: Int, killedWhen place: ArmedPlace?) async throws -> Outcome {
    let arguments = ["send", tree, "--server", "127.0.0.1:\(port)", "--json"]
    if let place {
      try await HeldTransfer.killWhen(
        {
          try await place.reached()
          return true
        }, Programs.directory + "/xferctl", arguments)
      place.goOn()
    }
    return try await Programs.xferctl(arguments)
  }

  private func expectAllThere(_ receiver: Receiver) async throws {
    let diff = try await Programs.run(
      "/usr/bin/env", ["diff", "-r", tree, receiver.published("tree")])
    #expect(diff.status == 0, "\(diff.out)")
    let rows = try await receiver.history("--status", "completed")
    #expect(
      rows.compactMap { $0["name"] as? String }.sorted() == ["tree", "tree/large", "tree/small"])
    let unfinished = try await receiver.sqlite("SELECT count(*) FROM transfer WHERE status = 0")
    #expect(unfinished == "0")
    #expect(receiver.arriving.isEmpty)
    let sets = try await receiver.sqlite(
      "SELECT max(files), max(others) FROM file_set WHERE completed_at IS NOT NULL")
    #expect(sets == "2|1")
    try await eventually {
      let lines = try String(contentsOfFile: hooks, encoding: .utf8).split(separator: "\n")
      return Set(lines).isSuperset(of: ["tree/large", "tree/small", "tree"])
    }
  }
}
