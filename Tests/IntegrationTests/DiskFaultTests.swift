import Foundation
import Testing

/// Each system call of a delivery × the errors of a disk. docs/reliability.md shows the table.
@Suite(
  "A disk that fails for a while delays a transfer and gives no false receipt",
  .timeLimit(.minutes(20)),
  .enabled(if: Strace.works, "strace cannot trace here"))
struct DiskFaultTests {
  private static let inIncoming = #"/incoming/[0-9a-f]{32}>"#

  static let content: [DiskFault] =
    DiskFault.cells(
      .session, "openat2", "a file in `incoming/` is opened", ["EIO", "ENOSPC"], path: "incoming",
      shown: "O_CREAT")
    + DiskFault.cells(.session, "statx", "an opened file is looked at", shown: inIncoming)
    + DiskFault.cells(
      .session, "statx", "a name is looked up", path: "files", load: [.medium, .large])
    + DiskFault.cells(
      .session, "fallocate", "room is reserved", ["EIO", "ENOSPC"], load: [.medium, .large],
      shown: inIncoming)
    + DiskFault.cells(
      .session, "pwrite64", "content, through the cache", ["EIO", "ENOSPC"],
      load: [.small, .group], shown: inIncoming)
    + DiskFault.cells(
      .session, "pwrite64", "content, around the cache", ["EIO", "ENOSPC"],
      load: [.medium, .large], shown: inIncoming + #".*, 1048576, \d+\)"#)
    + DiskFault.cells(
      .session, "fdatasync", "content of 16 MiB and more", ["EIO", "ENOSPC"], load: [.large],
      shown: inIncoming)

  static let publication: [DiskFault] =
    DiskFault.cells(.recorder, "openat2", "a sealed file is held")
    + DiskFault.cells(.recorder, "statx", "a sealed file is looked at")
    + DiskFault.cells(
      .recorder, "fdatasync", "content, file by file", ["EIO", "ENOSPC"], load: [.small, .medium],
      shown: inIncoming)
    + DiskFault.cells(
      .recorder, "syncfs", "content of a group", ["EIO", "ENOSPC"], load: [.group])
    + DiskFault.cells(
      .recorder, "fsync", "entries of `incoming/`", path: "incoming", load: [.small, .large])
    + DiskFault.cells(
      .recorder, "renameat2", "a file gets its name", ["EIO", "ENOSPC"])
    + DiskFault.cells(.recorder, "fsync", "a directory of `files/`", path: "files/tree")

  static let log = "history.sqlite-wal"
  static let history: [DiskFault] =
    DiskFault.cells(.recorder, "pwrite64", "the row, at the record", ["EIO", "ENOSPC"], path: log)
    + DiskFault.cells(.recorder, "fdatasync", "the row, at the record", path: log)
    + DiskFault.cells(
      .recorder, "pwrite64", "the row, at the completion", ["EIO", "ENOSPC"], path: log,
      at: "recorder.named")

  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  var tree: String { directory.path + "/tree" }
  var traces: [String] { ["/sessions", "/recorder"].map { directory.path + $0 } }

  @Test(
    "Every file arrives once although a system call fails",
    arguments: content + publication + history)
  func deliverySurvivesDiskFault(_ fault: DiskFault) async throws {
    try makeFiles(fault.load)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      try await injecting(fault, receiver) { try await send(to: receiver) }
      try await expectAllThere(receiver, fault.load)
    }
    let trace = try DiskTrace(traces)
    let failed = trace.injected.map { trace.lines[$0] }
    let shown = try Regex(fault.shown)
    #expect(failed.contains { $0.firstMatch(of: shown) != nil }, "what failed: \(failed)")
    if fault.call.contains("sync"), fault.path == nil {
      try expectSyncedAnew(trace, atLeast: fault.call == "syncfs" ? 8 : 1)
    }
  }

  func makeFiles(_ load: [FaultLoad]) throws {
    for (index, file) in load.flatMap(\.files).enumerated() {
      try directory.file(file.name, bytes: file.bytes, seed: UInt64(index))
    }
  }

  func send(to receiver: Receiver) async throws {
    let outcome = try await receiver.send(tree)
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  // MARK: Tracing

  /// Runs `body`, which sends, under two traces, one of which injects the fault.
  func injecting(
    _ fault: DiskFault, _ receiver: Receiver, _ body: @Sendable @escaping () async throws -> Void
  ) async throws {
    let recorder = try #require(ProcessTable(supervisor: receiver.pid).child("recorder"))
    if fault.call == "syncfs" { return try await traceGroup(receiver, recorder, fault, body) }
    let place = fault.place.map { ArmedPlace($0, in: failpoints) }
    let sending = place == nil ? nil : Task { try await body() }
    try await place?.reached()
    try await traceBoth(receiver, recorder, fault) {
      place?.goOn()
      if let sending { try await sending.value } else { try await body() }
    }
  }

  /// Runs `body` so that its files form one group.
  private func traceGroup(
    _ receiver: Receiver, _ recorder: pid_t, _ fault: DiskFault,
    _ body: @Sendable @escaping () async throws -> Void
  ) async throws {
    try await traceBoth(receiver, recorder, fault) {
      async let sending: Void = body()
      try await holdGroup(receiver)
      try await sending
    }
  }

  /// Holds the recorder up until the whole group has arrived.
  func holdGroup(_ receiver: Receiver) async throws {
    for end in [".reached", ".go"] {
      try? FileManager.default.removeItem(atPath: failpoints.path + "/recorder.held" + end)
    }
    let place = ArmedPlace("recorder.held", in: failpoints)
    try await place.reached()
    try await eventually { receiver.arrivedBytes == FaultLoad.group.bytes }
    place.goOn()
  }

  func traceBoth(
    _ receiver: Receiver, _ recorder: pid_t, _ fault: DiskFault,
    _ body: () async throws -> Void
  ) async throws {
    let isSession = fault.victim == .session
    try await DiskTrace.run(
      receiver.pid, to: traces[0], failing: isSession ? fault : nil, below: receiver.data
    ) {
      try await DiskTrace.run(
        recorder, to: traces[1], failing: isSession ? nil : fault, below: receiver.data, body)
    }
  }

  // MARK: Expectations

  func expectAllThere(_ receiver: Receiver, _ load: [FaultLoad]) async throws {
    let diff = try await Programs.run(
      "/usr/bin/env", ["diff", "-r", tree, receiver.published("tree")])
    #expect(diff.status == 0, "\(diff.out)")
    let rows = try await receiver.history("--status", "completed").filter {
      $0["kind"] as? String == "file"
    }
    #expect(
      rows.compactMap { $0["name"] as? String }.sorted()
        == load.flatMap(\.files).map(\.name).sorted())
    let unfinished = try await receiver.sqlite("SELECT count(*) FROM transfer WHERE status = 0")
    #expect(unfinished == "0")
    #expect(receiver.arriving.isEmpty)
  }

  /// The kernel reports a failed write-back once, so a second sync of the same content proves
  /// nothing. Therefore each file with a failed sync must be written again before it is synced and
  /// renamed, and each other file of the group must be synced by itself.
  func expectSyncedAnew(_ trace: DiskTrace, atLeast least: Int) throws {
    let failed = try #require(trace.injected.last)
    let ids = Set(
      trace.injected.compactMap { trace.lines[$0].firstMatch(of: /incoming\/([0-9a-f]{32})>/) }
        .map { String($0.1) })
    var (writtenAgain, believed, unsynced) = (0, [String](), [String]())
    for (id, renamed) in trace.published where renamed > failed {
      let written = trace.last("pwrite64", of: id, in: 0..<renamed) ?? renamed
      let synced = trace.last("fdatasync", of: id, in: 0..<renamed) ?? 0
      if written > failed { writtenAgain += 1 } else if ids.contains(id) { believed.append(id) }
      if synced < max(written, failed) { unsynced.append(id) }
    }
    #expect(believed.isEmpty, "not written again")
    #expect(unsynced.isEmpty, "named without a sync of their own")
    #expect(writtenAgain >= least)
  }
}
