import Foundation
import Testing

@Suite(
  "A receipt is sent only when a loss of power could undo nothing of it", .timeLimit(.minutes(10)))
struct DurabilityTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The order of a transfer in system calls: each must be found behind the one before it.
  /// A file is synced by the recorder, and one of 16 MiB and more by its session.
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
    "Write, sync, commit, rename, directory sync, receipt: in this order",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)),
    arguments: orders.indices)
  func writeSyncCommitRenameDirectorySyncReceiptInThis(index: Int) async throws {
    let (bytes, steps) = Self.orders[index]
    let files = try (1...3).map { try directory.file("\($0)", bytes: bytes) }
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      try await Strace.run(receiver.pid, to: trace) {
        // One after the other: what is synced for the first only would be missed by the others.
        for file in files {
          let outcome = try await receiver.send(file)
          #expect(outcome.status == 0)
        }
      }
    }
    var lines = try Strace.lines(trace)[...]
    for _ in files { try follow(steps, in: &lines) }
  }

  /// Finds each step behind the one before it, and takes the lines up to the last.
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

  /// What is refused for its name has had a row: if that came back after a loss of power while the content
  /// did not, the transfer would look delivered.
  @Test(
    "Content of a file whose name was taken goes when its failure is durable",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)))
  func contentOfFileWhoseNameWasTakenGoesWhen() async throws {
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
    "A recorder that finishes what another left syncs it before it has its name",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)))
  func recorderThatFinishesWhatAnotherLeftSyncsItBefore() async throws {
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
    "A receiver that was told to be lazy syncs no content and no names",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)),
    arguments: [1000, 3_000_000])
  func receiverThatWasToldToBeLazySyncsNo(bytes: Int) async throws {
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
    "Content whose sync failed once is not believed afterwards, but sent again",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)),
    arguments: [1000])
  func contentWhoseSyncFailedOnceIsNotBelievedAfterwards(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let trace = directory.path + "/trace"
    try await withReceiver { receiver in
      // The first one of each process that is traced: so only of those that sync the content.
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

  /// Each file that a session seals is synced by a thread of its own, and strace counts for each thread: so every
  /// sync fails until the tracing ends.
  @Test(
    "Content whose sync failed in its session is thrown away, and all of it is sent again",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)))
  func failedSyncOfSession() async throws {
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

  /// Of a long file, which a thread of the session writes behind its back.
  @Test(
    "A file of which a write failed, in the middle or at its end, goes on from what was written",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)),
    arguments: [(bytes: 20_000_000, piece: 7), (bytes: 7_500_000, piece: 8)])
  func fileOfWhichWriteFailed(bytes: Int, piece: Int) async throws {
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

  /// Where the file system lets it. The end of the file is no whole block.
  @Test(
    "A long file goes around the page cache, and its end through it",
    .enabled(if: Strace.works, "strace cannot trace here"), .timeLimit(.minutes(5)),
    arguments: ["receipt", "lazy"])
  func longFileGoesAroundPageCache(durability: String) async throws {
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
