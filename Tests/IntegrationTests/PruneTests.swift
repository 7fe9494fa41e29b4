import Foundation
import Testing

@Suite("The history keeps rows for the configured time", .timeLimit(.minutes(20)))
struct PruneTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func prune(_ arguments: String...) async throws -> Outcome {
    try await Programs.run(Programs.directory + "/xferd", ["prune"] + arguments)
  }

  @Test(
    "A receiver with --keep-history removes older rows while files arrive")
  func keepHistoryPrunesOlderRows() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 5000, nameBytes: 40)
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--keep-history", "3650d", data: data) { receiver in
      let rows = try await receiver.history()
      #expect(rows.count == 5000)
    }
    try await withReceiver("--keep-history", "365d", data: data) { receiver in
      let sent = try await receiver.send(file)
      #expect(sent.status == 0)
      #expect(await receiver.log.line(with: "removed old rows from the history rows=5000") != nil)
      let rows = try await receiver.history()
      #expect(rows.map { $0["name"] as? String } == ["f"])
      let check = try await receiver.sqlite("PRAGMA integrity_check")
      #expect(check == "ok")
    }
  }

  @Test("xferd prune removes rows with and without a running receiver")
  func pruneWorksWithAndWithoutReceiver() async throws {
    let data = directory.path + "/data"
    try await LongHistory.make(data, rows: 3000, nameBytes: 40)
    let file = try directory.file("f", bytes: 10)
    let early = try await prune("--data", data, "--before", "2023-11-14T22:13:20.001Z")
    #expect(early.status == 0 && early.out == "998 rows removed\n", "\(early.out)\(early.err)")
    try await withReceiver(data: data) { receiver in
      #expect(try await receiver.send(file).status == 0)
      let other = try directory.file("g", bytes: 11)
      #expect(try await receiver.send(other, "--as", "f").status == 77)
      let failures = try await prune("--data", data, "--failed-before", "0s")
      #expect(failures.status == 0 && failures.out == "0 rows removed\n", "the newest row stays")
      #expect(try await receiver.send(file, "--as", "h").status == 0)
      let again = try await prune("--data", data, "--failed-before", "0s", "--before", "1d")
      #expect(again.out == "2003 rows removed\n", "\(again.err)")
      #expect(try await receiver.history().map { $0["name"] as? String } == ["h", "f"])
      #expect(try await receiver.send(file).objects.first?["repeated"] as? Bool == true)
    }
  }

  @Test("Failures below --reserve are counted and logged without rows")
  func failuresBelowReserveHaveNoRows() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--reserve", "1000000T") { receiver in
      for _ in 1...3 {
        let refused = try await receiver.native("send", file, "f")
        #expect(refused["reason"] as? Int == 4)
      }
      #expect(await receiver.log.line(with: "failures are counted and logged, but not") != nil)
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("xfer_transfer_failures_total{reason=\"no_space\"} 3\n"))
      let rows = try await receiver.history()
      #expect(rows.isEmpty)
    }
  }

  @Test("xferd prune explains invalid arguments")
  func pruneExplainsInvalidArguments() async throws {
    #expect(try await prune("--data", directory.path).status == 64)
    let time = try await prune("--data", directory.path, "--before", "soon")
    #expect(time.status == 64 && time.err.contains("invalid time \"soon\""))
    let empty = try await prune("--data", directory.path, "--before", "1d")
    #expect(empty.status == 78, "\(empty.err)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    let help = try await Programs.run(Programs.directory + "/xferd", ["--help-all"])
    for part in ["--keep-failed", "--keep-partial", "prune", "--data"] {
      #expect(help.out.contains(part), "\(part)")
    }
  }
}
