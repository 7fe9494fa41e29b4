import Foundation
import Testing

/// Each system call on the way of a file × the errors of a disk. docs/reliability.md shows the table.
@Suite(
  "A disk that fails for a while costs a delay, and never a false receipt",
  .enabled(if: Strace.works, "strace cannot trace here"))
struct DiskFaultTests {
  private static let inIncoming = #"/incoming/[0-9a-f]{32}>"#

  static let content: [DiskFault] =
    DiskFault.cells(
      .session, "openat2", "a file in `incoming/` is opened", ["EIO", "ENOSPC"], shown: "O_CREAT")
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

  private static let log = "history.sqlite-wal"
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

  private var tree: String { directory.path + "/tree" }
  private var traces: [String] { ["/sessions", "/recorder"].map { directory.path + $0 } }

  @Test(
    "The sender's run ends well: every file is whole, has one row, and nothing is left",
    .timeLimit(.minutes(5)), arguments: content + publication + history)
  func cell(_ fault: DiskFault) async throws {
    try makeFiles(fault.load)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      try await injecting(fault, receiver) { try await send(to: receiver) }
      try await expectAllThere(receiver, fault.load)
    }
    let trace = try DiskTrace(traces)
    let failed = trace.injected.map { trace.lines[$0] }
    let shown = try Regex(fault.shown)
    #expect(failed.contains { $0.firstMatch(of: shown) != nil }, "what failed: \(failed)")
    if fault.call.contains("sync"), fault.path == nil { try expectSyncedAnew(trace, fault) }
  }

  private func makeFiles(_ load: [FaultLoad]) throws {
    for (index, file) in load.flatMap(\.files).enumerated() {
      try directory.file(file.name, bytes: file.bytes, seed: UInt64(index))
    }
  }

  private func send(to receiver: Receiver) async throws {
    let outcome = try await receiver.send(tree)
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  // MARK: Cells that go another way

  /// Only the sync of a file itself tells of its own failed write-back when a sync of all has told of it
  /// once: that must not be forgotten with the recorder that was told.
  @Test(
    "After a failed syncfs each file is synced by itself, also by the next recorder",
    .timeLimit(.minutes(5)))
  func distrust() async throws {
    let fault = DiskFault(
      victim: .recorder, call: "syncfs", purpose: "content of a group", error: "EIO", when: "1")
    try makeFiles([.group])
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let recorder = try #require(ProcessTable(supervisor: receiver.pid).child("recorder"))
      try await traceBoth(receiver, recorder, fault) {
        let sending = Task { try await send(to: receiver) }
        try await holdGroup(receiver)
        try await eventually {
          try String(contentsOfFile: traces[1], encoding: .utf8).contains("INJECTED")
        }
        kill(recorder, SIGKILL)
        try await holdGroup(receiver)
        try await sending.value
      }
      try await expectAllThere(receiver, [.group])
    }
    try expectSyncedAnew(DiskTrace(traces), fault)
  }

  @Test(
    "Content that came again and could not be thrown away goes when it comes another time",
    .timeLimit(.minutes(5)), arguments: ["1", "1..3"])
  func unlink(when: String) async throws {
    let load: [FaultLoad] = [.small, .group]
    let fault = DiskFault(
      victim: .recorder, call: "unlinkat", purpose: "content that came again", error: "EIO",
      when: when)
    try makeFiles(load)
    try await withReceiver { receiver in
      try await send(to: receiver)
      try await injecting(fault, receiver) { try await send(to: receiver) }
      let trace = try DiskTrace(traces)
      #expect(!trace.injected.isEmpty)
      try await send(to: receiver)
      try await expectAllThere(receiver, load)
    }
  }

  @Test(
    "A failure that could not be made durable is told all the same, and what has the name stays",
    .timeLimit(.minutes(5)))
  func failedRow() async throws {
    let (one, two) = (try directory.file("1", bytes: 10), try directory.file("2", bytes: 20))
    // The first sync of the log is that of the record, the second that of the failure.
    let fault = DiskFault(
      victim: .recorder, call: "fdatasync", purpose: "the row of a failure, at the completion",
      error: "EIO", when: "2", path: Self.log)
    try await withReceiver { receiver in
      #expect(try await receiver.send(one, "--as", "x").status == 0)
      try await injecting(fault, receiver) {
        let refused = try await receiver.send(two, "--as", "x")
        #expect(refused.status == 77)
      }
      let trace = try DiskTrace(traces)
      #expect(trace.injected.count == 1)
      #expect(sameContent(one, receiver.published("x")))
      #expect(try await receiver.history("--status", "completed").count == 1)
      #expect(try await receiver.sqlite("SELECT count(*) FROM transfer WHERE status = 0") == "0")
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A log that could not be copied into the history at the end is copied after the next start",
    .timeLimit(.minutes(5)), arguments: ["pwrite64", "fdatasync"], ["EIO", "ENOSPC"])
  func checkpoint(call: String, error: String) async throws {
    let load: [FaultLoad] = [.small, .group]
    let fault = DiskFault(
      victim: .recorder, call: call, purpose: "checkpoint", error: error, when: "1",
      path: "history.sqlite")
    let data = directory.path + "/data"
    try makeFiles(load)
    try await withReceiver(data: data) { receiver in
      try await send(to: receiver)
      let recorder = try #require(ProcessTable(supervisor: receiver.pid).child("recorder"))
      try await injecting(fault, receiver) {
        receiver.signal(SIGTERM)
        // strace is not ended before it has seen that: it would wait for ever for what is half gone.
        try await eventually { try DiskTrace([traces[1]]).showsEnd(of: recorder) }
      }
    }
    let trace = try DiskTrace(traces)
    #expect(!trace.injected.isEmpty)
    try await withReceiver(data: data) { receiver in
      let again = try await receiver.send(tree)
      #expect(again.objects.allSatisfy { $0["repeated"] as? Bool == true })
      try await expectAllThere(receiver, load)
    }
  }

  // MARK: Tracing

  /// Runs `body`, which sends, under two traces, one of which has the fault in it.
  private func injecting(
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

  /// So that the files are one group.
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

  /// Holds the recorder up until all of the group has come in.
  private func holdGroup(_ receiver: Receiver) async throws {
    for end in [".reached", ".go"] {
      try? FileManager.default.removeItem(atPath: failpoints.path + "/recorder.held" + end)
    }
    let place = ArmedPlace("recorder.held", in: failpoints)
    try await place.reached()
    try await eventually { receiver.arrivedBytes == FaultLoad.group.bytes }
    place.goOn()
  }

  private func traceBoth(
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

  // MARK: What has to be so in the end

  private func expectAllThere(_ receiver: Receiver, _ load: [FaultLoad]) async throws {
    let diff = try await Programs.run(
      "/usr/bin/env", ["diff", "-r", tree, receiver.published("tree")])
    #expect(diff.status == 0, "\(diff.out)")
    let rows = try await receiver.history("--status", "completed")
    #expect(
      rows.compactMap { $0["name"] as? String }.sorted()
        == load.flatMap(\.files).map(\.name).sorted())
    let unfinished = try await receiver.sqlite("SELECT count(*) FROM transfer WHERE status = 0")
    #expect(unfinished == "0")
    #expect(receiver.arriving.isEmpty)
  }

  /// The kernel tells of a failed write-back once: a second sync of what it had failed for proves nothing.
  /// So each file whose sync failed was written again before it was synced and got its name; and of a
  /// group any other file was synced by itself.
  private func expectSyncedAnew(_ trace: DiskTrace, _ fault: DiskFault) throws {
    let failed = try #require(trace.injected.last)
    let ids = Set(
      trace.injected.compactMap { trace.lines[$0].firstMatch(of: /incoming\/([0-9a-f]{32})>/) }
        .map { String($0.1) })
    var writtenAgain = 0
    for (id, renamed) in trace.published where renamed > failed {
      let written = trace.last("pwrite64", of: id, in: 0..<renamed) ?? renamed
      let synced = trace.last("fdatasync", of: id, in: 0..<renamed) ?? 0
      if written > failed { writtenAgain += 1 }
      #expect(!ids.contains(id) || written > failed, "\(id) was not written again")
      #expect(synced > max(written, failed), "\(id) got its name and was not synced by itself")
    }
    #expect(writtenAgain >= (fault.call == "syncfs" ? 8 : 1))
  }
}
