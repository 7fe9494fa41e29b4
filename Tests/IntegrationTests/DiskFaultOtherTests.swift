import Foundation
import Testing

/// Faults of calls that a single delivery does not make.
extension DiskFaultTests {
  /// After a failed syncfs only a sync of the file itself reports its failed write-back. The
  /// receiver must remember the failure even if the recorder that saw it is killed before or after
  /// it removed the content.
  @Test(
    "After a failed syncfs each file is synced by itself, also by the next recorder",
    .timeLimit(.minutes(20)), arguments: [true, false])
  func failedSyncfsIsFollowedByFileSyncs(isKilledAtOnce: Bool) async throws {
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
    "Repeated content that could not be removed is removed when it arrives again",
    .timeLimit(.minutes(20)), arguments: ["1", "1..3"])
  func failedUnlinkOfRepeatedContentIsRetried(when: String) async throws {
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
    "A sender is refused even if the sync of its failure fails, and the existing file is kept",
    .timeLimit(.minutes(20)))
  func undurableFailureIsRefused() async throws {
    let (one, two) = (try directory.file("1", bytes: 10), try directory.file("2", bytes: 20))
    // The first sync of the log is for the record, the second for the failure.
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
    "A checkpoint that fails at shutdown is completed after the next start",
    .timeLimit(.minutes(20)), arguments: ["pwrite64", "fdatasync"], ["EIO", "ENOSPC"])
  func failedCheckpointIsRepeatedAfterStart(call: String, error: String) async throws {
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
        // strace ends only after it has seen the end, because otherwise it would wait forever for a
        // process that is half gone.
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
