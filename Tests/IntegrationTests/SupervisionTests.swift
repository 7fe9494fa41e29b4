import Foundation
import Testing

@Suite("The supervisor survives signals and missing system calls", .timeLimit(.minutes(20)))
struct SupervisionTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("SIGHUP reads the lists again and does not end the receiver")
  func sighupReloads() async throws {
    let file = try directory.file("f", bytes: 1000)
    let end = try await withReceiver { receiver in
      receiver.signal(SIGHUP)
      #expect(await receiver.log.line(with: "reloading the certificate") != nil)
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    #expect(end.status == 0)
  }

  @Test(
    "A session without close_range still holds only its own descriptors",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: ["ENOSYS", "EPERM"])
  func missingCloseRangeLeaksNoDescriptor(error: String) async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withReceiver { receiver in
      try await Strace.run(
        receiver.pid, to: directory.path + "/trace", failing: "close_range:error=\(error)",
        children: false
      ) {
        try await HeldTransfer.run(receiver.server, file, "f") { _ in
          try await eventually { receiver.partials.count == 1 }
          let session = ProcessTable(supervisor: receiver.pid).child("session")
          let held = ProcessTable.descriptors(of: try #require(session))
          #expect(!held.contains { $0.hasSuffix("/lock") }, "\(held)")
          #expect(held.count { $0.hasPrefix("socket:") } == 2, "\(held)")
        }
      }
    }
  }

  @Test(
    "A duration that would overflow is refused at the start",
    arguments: ["200000d", "9223372036854775807", "9223372036854775807d"])
  func overflowingDurationIsRefused(time: String) async throws {
    let end = try await runReceiver(["--data", directory.path, "--keep-partial", time])
    #expect(end.status == 64)
    #expect(end.err.contains("--keep-partial"), "\(end.err)")
    #expect(end.err.contains("expected a duration"), "\(end.err)")
  }
}
