import Foundation
import Testing

@Suite(
  "A receipt is sent only after a loss of power can undo nothing of it", .timeLimit(.minutes(20)))
struct DurabilityTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The order of a transfer in system calls: each must occur after the one before it. The recorder
  /// syncs a file, and the session syncs one of 16 MiB and more.
  static let orders: [(bytes: Int, steps: [(what: String, pattern: String)])] = [
    (
      1000,
      [
        ("content is written", #"pwrite64\(\d+<.*/incoming/[0-9a-f]{32}>"#),
        ("content is synced", #"fdatasync\(\d+<.*/incoming/[0-9a-f]{32}>"#),
        ("its entry is synced", #"fsync\(\d+<.*/incoming>"#),
        ("the row is written", #"pwrite64\(\d+<.*/history.sqlite-wal>"#),
        ("the row is synced", #"f(data)?sync\(\d+<.*/history.sqlite-wal>"#),
        ("the file is renamed without replacing", #"renameat2\(.*RENAME_NOREPLACE\)"#),
        ("the directory is synced", #"fsync\(\d+<.*/files>"#),
        ("the row becomes history", #"pwrite64\(\d+<.*/history.sqlite-wal>"#),
        ("the session is answered", #"sendto\(\d+<.*UNIX"#),
        ("the receipt is sent", #"sendto\(\d+<.*TCP"#),
      ]
    ),
    (
      20_000_000,
      [
        ("content is written", #"pwrite64\(\d+<.*/incoming/[0-9a-f]{32}>"#),
        ("content is synced", #"fdatasync\(\d+<.*/incoming/[0-9a-f]{32}>"#),
        ("the recorder is asked", #"sendto\(\d+<.*UNIX"#),
        ("its entry is synced", #"fsync\(\d+<.*/incoming>"#),
        ("the row is synced", #"f(data)?sync\(\d+<.*/history.sqlite-wal>"#),
        ("the file is renamed without replacing", #"renameat2\(.*RENAME_NOREPLACE\)"#),
        ("the directory is synced", #"fsync\(\d+<.*/files>"#),
        ("the row becomes history", #"pwrite64\(\d+<.*/history.sqlite-wal>"#),
        ("the session is answered", #"sendto\(\d+<.*UNIX"#),
        ("the receipt is sent", #"sendto\(\d+<.*TCP"#),
      ]
    ),
  ]

  @Test(
    "The steps of a delivery are in order: write, sync, commit, rename, sync, receipt",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: orders.indices)
  func stepsOfDeliveryAreInOrder(index: Int) async throws {
    let (bytes, steps) = Self.orders[index]
    let files = try (1...3).map { try directory.file("\($0)", bytes: bytes) }
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      try await Strace.run(receiver.pid, to: trace) {
        // The files are sent one after the other, so that the trace of each must have all syncs.
        for file in files {
          let outcome = try await receiver.send(file)
          #expect(outcome.status == 0)
        }
      }
    }
    var lines = try Strace.lines(trace)[...]
    for _ in files { try follow(steps, in: &lines) }
  }

  /// Finds each step after the one before it, and removes the lines up to the last step.
  private func follow(
    _ steps: [(what: String, pattern: String)], in lines: inout ArraySlice<Substring>
  ) throws {
    for (what, pattern) in steps {
      let step = try Regex(pattern)
      let place = lines.firstIndex { $0.firstMatch(of: step) != nil }
      let found = try #require(place, "\(what): not found behind the step before it")
      lines = lines[(found + 1)...]
    }
  }

  /// A file that is refused for its name has a row. If the row returned after a loss of power
  /// without the content, the transfer would look delivered.
  @Test(
    "The content of a file with an existing name is removed after its failure is durable",
    .enabled(if: Strace.works, "strace cannot trace here"))
  func refusedContentIsRemovedAfterFailureSync() async throws {
    let (one, two) = (try directory.file("1", bytes: 10), try directory.file("2", bytes: 20))
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      let outcome = try await receiver.send(one, "--as", "x")
      #expect(outcome.status == 0)
      try await Strace.run(receiver.pid, to: trace) {
        let refused = try await receiver.send(two, "--as", "x")
        #expect(refused.status == 77)
      }
      #expect(receiver.arriving.isEmpty)
    }
    var lines = try Strace.lines(trace)[...]
    try follow(
      [
        ("the row is synced", #"f(data)?sync\(\d+<.*/history.sqlite-wal>"#),
        ("the name is taken", #"renameat2\(.*EEXIST"#),
        ("the failure is written", #"pwrite64\(\d+<.*/history.sqlite-wal>"#),
        ("the failure is synced", #"f(data)?sync\(\d+<.*/history.sqlite-wal>"#),
        ("the content is removed", #"unlinkat\(\d+<.*/incoming>"#),
        ("the refusal is sent", #"sendto\(\d+<.*TCP"#),
      ], in: &lines)
  }

  @Test(
    "A recorder that finishes the work of another one syncs the file before its rename",
    .enabled(if: Strace.works, "strace cannot trace here"))
  func nextRecorderSyncsBeforeRename() async throws {
    let file = try directory.file("f", bytes: 1000)
    let (trace, failpoints) = (directory.path + "/trace", try TemporaryDirectory())
    let place = ArmedPlace("recorder.recorded", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let sending = Task { try await receiver.send(file).status }
      try await place.reached()
      try await Strace.run(receiver.pid, to: trace) {
        kill(try #require(ProcessTable(supervisor: receiver.pid).child("recorder")), SIGKILL)
        let status = try await sending.value
        #expect(status == 0)
      }
    }
    var lines = try Strace.lines(trace)[...]
    let steps = Self.orders[0].steps.filter {
      [
        "content is synced", "its entry is synced", "the file is renamed without replacing",
        "the directory is synced", "the receipt is sent",
      ].contains($0.what)
    }
    #expect(steps.count == 5)
    try follow(steps, in: &lines)
  }

  @Test(
    "A receiver with lazy durability syncs no content and no directories",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: [1000, 3_000_000])
  func lazyReceiverSyncsNoContentOrNames(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let trace = directory.path + "/trace"
    try await withReceiver("--durability", "lazy") { receiver in
      try await Strace.run(receiver.pid, to: trace) {
        let native = try await receiver.send(file)
        let classic = try await receiver.classic("send", file, "--name", "classic")
        #expect(native.status == 0 && classic.status == 0)
      }
    }
    let lines = try Strace.lines(trace)
    #expect(lines.contains { $0.contains("renameat2") })
    let syncs = lines.filter { $0.contains("sync") && !$0.contains("history.sqlite") }
    #expect(syncs.isEmpty, "\(syncs)")
  }

  @Test(
    "Content is written again after a failed sync of the recorder",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: [1000])
  func failedSyncOfRecorderDiscardsContent(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      // The first fdatasync of each traced process fails, which is that of the content.
      try await Strace.run(receiver.pid, to: trace, failing: "fdatasync:error=EIO:when=1") {
        let outcome = try await receiver.send(file)
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      #expect(sameContent(file, receiver.published("f")))
    }
    let lines = try Strace.lines(trace)
    let failed = try #require(
      lines.firstIndex { $0.contains("EIO") && $0.contains("/incoming/") },
      "what failed: \(lines.filter { $0.contains("EIO") })")
    let written = lines[failed...].contains {
      $0.contains("pwrite64(") && $0.contains("/incoming/")
    }
    #expect(written, "the content was written again")
  }

  /// A separate thread syncs each file that a session seals, and strace counts per thread, so every
  /// sync fails until the trace ends.
  @Test(
    "Content is discarded and sent again after a failed sync of the session",
    .enabled(if: Strace.works, "strace cannot trace here"))
  func failedSyncOfSessionDiscardsContent() async throws {
    let file = try directory.file("f", bytes: 20_000_000)
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      var sending: Task<Outcome, any Error>?
      try await Strace.run(
        receiver.pid, to: trace, failing: "fdatasync:error=EIO:when=1", children: false
      ) {
        sending = Task { try await receiver.send(file) }
        try await eventually {
          try Strace.lines(trace).contains { $0.contains("EIO") && $0.contains("/incoming/") }
        }
      }
      let outcome = try await #require(sending).value
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      let rows = try await receiver.history()
      #expect(rows.first?["status"] as? String == "completed")
      #expect(rows.first?["resumed_at"] as? Int == 0)
      #expect(rows.contains { $0["reason"] as? String == "unavailable" })
    }
  }

  /// A thread of the session writes a long file while the session receives it.
  @Test(
    "A long file resumes at the offset of a failed write",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: [(bytes: 20_000_000, piece: 7), (bytes: 7_500_000, piece: 8)])
  func failedWriteResumesAtItsOffset(bytes: Int, piece: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      try await Strace.run(
        receiver.pid, to: trace, failing: "pwrite64:error=EIO:when=\(piece)", children: false
      ) {
        let outcome = try await receiver.send(file)
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      #expect(sameContent(file, receiver.published("f")))
      let rows = try await receiver.history("--status", "completed")
      #expect(rows.count == 1)
    }
    let writes = try Strace.lines(trace).filter {
      $0.contains("pwrite64(") && !$0.contains(".sums>")
    }
    let failed = try #require(writes.firstIndex { $0.contains("EIO") })
    #expect(failed == piece - 1)
    let again = try #require(writes[(failed + 1)...].first)
    #expect(again.contains(", \((piece - 1) << 20))"), "it goes on where it failed: \(again)")
  }

  /// The test needs a file system with O_DIRECT. The end of the file is not a whole block.
  @Test(
    "A long file is written with O_DIRECT, and its end through the page cache",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: ["receipt", "lazy"])
  func longFileBypassesPageCache(durability: String) async throws {
    let file = try directory.file("f", bytes: 3_000_001)
    let trace = directory.path + "/trace"
    try await withReceiver("--durability", durability) { receiver in
      try await Strace.run(receiver.pid, to: trace, children: false) {
        let outcome = try await receiver.send(file)
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      #expect(sameContent(file, receiver.published("f")))
    }
    var lines = try Strace.lines(trace)[...]
    if lines.contains(where: { $0.contains("F_SETFL") && $0.contains("EINVAL") }) { return }
    try follow(
      [
        ("direct", #"fcntl\(\d+<.*/incoming/.*F_SETFL, .*O_DIRECT.*= 0"#),
        ("a block", #"pwrite64\(\d+<.*/incoming/.*, 1048576, 0\) += 1048576"#),
        ("a block", #"pwrite64\(\d+<.*/incoming/.*, 1048576, 1048576\) += 1048576"#),
        ("not direct", #"fcntl\(\d+<.*/incoming/.*F_SETFL, (?!.*O_DIRECT).*= 0"#),
        ("the rest", #"pwrite64\(\d+<.*/incoming/.*, 902849, 2097152\) += 902849"#),
      ], in: &lines)
  }
}
