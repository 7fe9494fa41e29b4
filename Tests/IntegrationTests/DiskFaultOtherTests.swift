import Foundation
import Testing

/// Calls that are reached by another way than a single delivery.
extension DiskFaultTests {
  /// Only the sync of a file itself tells of its own failed write-back when a sync of all has told of it
  /// once: that must not be forgotten with the recorder that was told, be it killed before it has thrown the
  /// content away or behind that.
  @Test(
    "After a failed syncfs each file is synced by itself, also by the next recorder",
    .timeLimit(.minutes(5)), arguments: [true, false])
  func afterFailedSyncfsEachFileIsSyncedByItself(isKilledAtOnce: Bool) async throws {
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
        if !isKilledAtOnce { try await eventually { receiver.arrivedBytes == 0 } }
        kill(recorder, SIGKILL)
        try await holdGroup(receiver)
        try await sending.value
      }
      try await expectAllThere(receiver, [.group])
    }
    try expectSyncedAnew(DiskTrace(traces), atLeast: isKilledAtOnce ? 0 : 20)
  }

  @Test(
    "Content that came again and could not be thrown away goes when it comes another time",
    .timeLimit(.minutes(5)), arguments: ["1", "1..3"])
  func contentThatCameAgainAndCouldNotBeThrown(when: String) async throws {
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
  func failureThatCouldNotBeMadeDurableIsTold() async throws {
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
  func logThatCouldNotBeCopiedIntoHistoryAt(call: String, error: String) async throws {
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
}
