import Foundation
import Testing

@Suite(
  "A recorder finishes the work of an earlier one and trusts only verified content",
  .timeLimit(.minutes(20)))
struct RecoveryTests {
  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory
  var data: String { directory.path + "/data" }

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  private var environment: [String: String] { ArmedPlace.environment(failpoints) }

  /// Kills the process with the role.
  private func killProcess(_ role: String, of receiver: Receiver) throws {
    kill(try #require(ProcessTable(supervisor: receiver.pid).child(role)), SIGKILL)
  }

  /// Kills the receiver while the transfer of `file` is held at a place, and replaces the boot
  /// mark, as after a loss of power.
  private func killEverything(
    at place: String, sending file: String, _ durability: String, _ digest: String
  ) async throws {
    let place = ArmedPlace(place, in: failpoints)
    try await withReceiver(
      "--durability", durability, "--digest", digest, data: data, environment: environment
    ) { receiver in
      async let sending = receiver.send(file, "--retry-for", "0s")
      try await place.reached()
      receiver.signal(SIGKILL)
      _ = try await sending
    }
    try Data("another start of the machine".utf8).write(
      to: URL(fileURLWithPath: data + "/boot-id"))
  }

  /// Overwrites a part of a file and keeps its length and its inode.
  private func spoil(_ path: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: Data(count: 100))
    try file.close()
  }

  private func statuses(_ receiver: Receiver) async throws -> [String] {
    try await receiver.history().compactMap { $0["status"] as? String }
  }

  /// Starts a receiver that must finish the transfer, and expects that the file is delivered
  /// unchanged.
  private func expectDelivered(_ file: String, in data: String) async throws {
    try await withReceiver(data: data) { receiver in
      let statuses = try await statuses(receiver)
      #expect(statuses == ["completed"])
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  // MARK: Removed files

  @Test(
    "A file that is removed before its receipt counts as delivered if the recorder dies",
    arguments: [["recorder"], ["session", "recorder"]])
  func fileRemovedBeforeReceiptIsDelivered(victims: [String]) async throws {
    let file = try directory.file("f", bytes: 1000)
    let place = ArmedPlace("recorder.renamed", in: failpoints)
    try await withReceiver(environment: environment) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      for victim in victims { try killProcess(victim, of: receiver) }
      #expect(try await sending.status == 0)
      #expect(try await statuses(receiver) == ["completed"])
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A file that is removed while its receipt is lost is not sent again",
    arguments: [1000, 3_000_001])
  func fileRemovedWhileReceiptIsLostIsNotResent(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let place = ArmedPlace("session.receipt", in: failpoints)
    try await withReceiver(environment: environment) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      try killProcess("session", of: receiver)
      let outcome = try await sending
      #expect(outcome.status == 0 && outcome.objects.count == 1, "\(outcome.err)")
      #expect(try await statuses(receiver) == ["completed"])
      #expect(!FileManager.default.fileExists(atPath: receiver.published("f")))
    }
  }

  @Test(
    "A recorder compares content on the disk if an earlier one died during its sync",
    arguments: ["sha256", "none"])
  func nextRecorderComparesUnsyncedContent(digest: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    let place = ArmedPlace("recorder.syncing", in: failpoints)
    try await withReceiver("--digest", digest, environment: environment) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      // This simulates a failed write-back: the disk lacks the content of the page cache.
      try spoil(receiver.incoming + "/" + (try #require(receiver.partials.first)))
      try killProcess("recorder", of: receiver)
      let outcome = try await sending
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A recorded file that a loss of power removed becomes a failure and is sent again")
  func fileLostInPowerLossIsSentAgain() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: "recorder.recorded", sending: file, "receipt", "sha256")
    try FileManager.default.removeItem(atPath: try onlyFile())
    try await withReceiver(data: data) { receiver in
      #expect(try await statuses(receiver) == ["failed"])
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  // MARK: Other files

  @Test(
    "Another file of the same name and length never counts as the delivery")
  func foreignFileIsNoDelivery() async throws {
    let file = try directory.file("f", bytes: 1000)
    let place = ArmedPlace("recorder.recorded", in: failpoints)
    try await withReceiver("--digest", "none", environment: environment) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      try Data(count: 1000).write(to: URL(fileURLWithPath: receiver.published("f")))
      try killProcess("recorder", of: receiver)
      #expect(try await sending.status == 77)
      #expect(try await !statuses(receiver).contains("completed"))
      #expect(FileManager.default.contents(atPath: receiver.published("f")) == Data(count: 1000))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A copied data directory is recovered by content instead of inode numbers",
    arguments: ["recorder.recorded", "recorder.renamed"])
  func copiedDataDirectoryIsRecoveredByContent(place: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "receipt", "sha256")
    let copy = directory.path + "/copy"
    let copying = try await Programs.run("/usr/bin/env", ["cp", "-r", data, copy])
    #expect(copying.status == 0)
    try await expectDelivered(file, in: copy)
  }

  // MARK: Loss of power

  @Test(
    "A lazy file counts as delivered after a loss of power only if its digest matches",
    arguments: ["recorder.recorded", "recorder.renamed"],
    [("sha256", false), ("sha256", true), ("none", false)])
  func lazyFileNeedsDigestAfterPowerLoss(place: String, _ way: (digest: String, isSpoilt: Bool))
    async throws
  {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "lazy", way.digest)
    if way.isSpoilt { try spoil(try onlyFile()) }
    try await withReceiver(data: data) { receiver in
      let isBelieved = way.digest == "sha256" && !way.isSpoilt
      #expect(try await statuses(receiver) == [isBelieved ? "completed" : "failed"])
      let outcome = try await receiver.send(file)
      // A file under its name that may be complete is neither removed nor replaced.
      let isInTheWay = way.digest == "none" && place == "recorder.renamed"
      #expect(outcome.status == (isInTheWay ? 77 : 0), "\(outcome.err)")
      if !isInTheWay { #expect(outcome.objects.first?["repeated"] as? Bool == isBelieved) }
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "A synced file is delivered after a loss of power, even without a digest",
    arguments: ["recorder.recorded", "recorder.renamed"])
  func durableFileIsDeliveredAfterPowerLoss(place: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "receipt", "none")
    try await expectDelivered(file, in: data)
  }

  /// The path of the only file in `incoming/` and `files/`.
  private func onlyFile() throws -> String {
    let paths = try ["incoming", "files"].flatMap { directory in
      try FileManager.default.contentsOfDirectory(atPath: "\(data)/\(directory)")
        .map { "\(data)/\(directory)/\($0)" }
    }
    return try #require(paths.count == 1 ? paths[0] : nil)
  }

  @Test(
    "A lazy receipt from before a reboot is repeated only if the content matches")
  func lazyReceiptIsVerifiedAfterReboot() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver("--durability", "lazy", data: data) { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
    }
    let old = "UPDATE transfer SET started_at = 1000, finished_at = 2000"
    _ = try await Programs.run("/usr/bin/env", ["sqlite3", data + "/history.sqlite", old])
    try await withReceiver(data: data) { receiver in
      let same = try await receiver.send(file)
      #expect(same.status == 0 && same.objects.first?["repeated"] as? Bool == true)
      try spoil(receiver.published("f"))
      let spoilt = try await receiver.send(file)
      #expect(spoilt.status == 77, "it has the name, and is not what was sent")
    }
  }
}
