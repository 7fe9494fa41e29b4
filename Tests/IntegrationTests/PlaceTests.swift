import Foundation
import Testing

@Suite("A receiver that cannot publish reports it and sends no receipt", .timeLimit(.minutes(20)))
struct PlaceTests {
  let directory: TemporaryDirectory
  private var data: String { directory.path + "/data" }

  init() throws { directory = try TemporaryDirectory() }

  private func shell(_ command: String) async throws {
    let outcome = try await Programs.run("/usr/bin/env", ["sh", "-c", command])
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  @Test(
    "A receiver with a moved data directory sends no receipts until it is restarted",
    arguments: ["files", "incoming"])
  func movedDirectoryStopsReceipts(part: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver(data: data) { receiver in
      #expect(try await receiver.send(file, "--as", "before").status == 0)
      try await shell("mv \(data)/\(part) \(data)/elsewhere && mkdir \(data)/\(part)")
      let outcome = try await receiver.send(file, "--as", "after", "--retry-for", "1s")
      #expect(outcome.status == 77, "\(outcome.err)")
      #expect(await receiver.log.line(with: "was moved or replaced") != nil)
      #expect(try await receiver.page("/readyz").status == 503)
      let health = try await Programs.xferctl("health", "--server", receiver.server)
      #expect(health.status == 77)
      let found = try await Programs.run(
        "/usr/bin/env", ["find", data, "-name", "after", "-type", "f"])
      #expect(found.out.isEmpty)
    }
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file, "--as", "after")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("after")))
    }
  }

  @Test(
    "An offer to a moved data directory is refused before its content",
    arguments: ["files", "incoming"], ["native", "classic"])
  func movedDirectoryRefusesOffers(part: String, wire: String) async throws {
    let file = try directory.file("f", bytes: 3_000_001)
    try await withReceiver(data: data) { receiver in
      try await shell("mv \(data)/\(part) \(data)/elsewhere && mkdir \(data)/\(part)")
      if wire == "native" {
        let outcome = try await receiver.send(file, "--retry-for", "1s")
        #expect(outcome.status == 77, "\(outcome.err)")
        #expect(outcome.objects.first?["reason"] as? String == "unavailable")
      } else {
        let answer = try await receiver.classic("send", file)
        #expect(answer.objects.first?["status"] as? String == "refused")
      }
      #expect(await receiver.log.line(with: "was moved or replaced") != nil)
      #expect(try await receiver.page("/readyz").status == 503)
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("\nxfer_received_bytes_total 0\n"))
    }
  }

  @Test(
    "A data directory of two mounts is refused at the start with a remedy",
    .enabled(if: getuid() == 0, "only root can mount"))
  func twoMountsAreRefusedAtStart() async throws {
    try await shell("mkdir -p \(data)/files \(data)/incoming \(directory.path)/other")
    try await shell("mount --bind \(directory.path)/other \(data)/files")
    let end = try await runReceiver(
      ["--data", data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
    try await shell("umount \(data)/files")
    #expect(end.status == 78)
    #expect(end.err.contains("are two mounts") && end.err.contains("mount their common directory"))
  }

  @Test(
    "A name on another file system is refused permanently",
    .enabled(if: getuid() == 0, "only root can mount"),
    arguments: [10, 1_000_000])
  func nameOnOtherFileSystemIsRefused(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await shell("mkdir -p \(data)/files/m \(directory.path)/other")
    try await shell("mount --bind \(directory.path)/other \(data)/files/m")
    try await withReceiver(data: data) { receiver in
      let outcome = try await receiver.send(file, "--as", "m/f")
      #expect(outcome.status == 77, "\(outcome.err)")
      #expect(outcome.objects.first?["reason"] as? String == "bad_name")
      #expect(receiver.arriving.isEmpty)
    }
    try await shell("umount \(data)/files/m")
  }

  @Test(
    "The reserved name .xferd-probe and names below it are refused", arguments: [10, 1_000_000],
    [".xferd-probe", ".xferd-probe/x"])
  func probeNameIsReserved(bytes: Int, name: String) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await withReceiver { receiver in
      let outcome = try await receiver.send(file, "--as", name)
      #expect(outcome.objects.first?["reason"] as? String == "bad_name", "\(outcome.err)")
      #expect(try await Programs.xferctl("health", "--server", receiver.server).status == 0)
      let left = try FileManager.default.contentsOfDirectory(atPath: receiver.files)
      #expect(left.isEmpty && receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A receiver works with a directory .xferd-probe of an earlier version")
  func probeDirectoryOfOlderVersionIsHarmless() async throws {
    let file = try directory.file("f", bytes: 10)
    try await shell("mkdir -p \(data)/files/.xferd-probe/x")
    try await withReceiver(data: data) { receiver in
      #expect(try await Programs.xferctl("health", "--server", receiver.server).status == 0)
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A link publishes a file if the file system lacks RENAME_NOREPLACE",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: ["EINVAL", "ENOSYS", "EOPNOTSUPP"])
  func linkReplacesMissingNoReplaceRename(error: String) async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    let other = try directory.file("other", bytes: 10)
    try await withReceiver { receiver in
      try await Strace.run(
        receiver.pid, to: directory.path + "/trace", failing: "renameat2:error=\(error)"
      ) {
        let outcome = try await receiver.send(file)
        #expect(outcome.status == 0, "\(outcome.err)")
        let taken = try await receiver.send(other, "--as", "f")
        #expect(taken.objects.first?["reason"] as? String == "exists")
      }
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A file has one name if the recorder dies between the link and the removal",
    .enabled(if: Strace.works, "strace cannot trace here"))
  func recorderKilledAfterLinkLeavesOneName() async throws {
    let file = try directory.file("f", bytes: 2_000_000)
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace("recorder.linked", in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      var sending: Task<Outcome, any Error>?
      try await Strace.run(
        receiver.pid, to: directory.path + "/trace", failing: "renameat2:error=EINVAL"
      ) {
        sending = Task { try await receiver.send(file) }
        try await place.reached()
        kill(try #require(ProcessTable(supervisor: receiver.pid).child("recorder")), SIGKILL)
        _ = try await sending?.value
      }
      let outcome = try await #require(sending).value
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
      #expect(try await receiver.history("--status", "completed").count == 1)
    }
  }
}
