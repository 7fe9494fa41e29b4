import Foundation
import Testing

@Suite(
  "A recorder finishes what an earlier one left, and believes only what it can know",
  .timeLimit(.minutes(10)))
struct RecoveryTests {
  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory
  var data: String { directory.path + "/data" }

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  private var environment: [String: String] { ArmedPlace.environment(failpoints) }

  /// Kills the process of this role.
  private func killProcess(_ role: String, of receiver: Receiver) throws {
    kill(try #require(ProcessTable(supervisor: receiver.pid).child(role)), SIGKILL)
  }

  /// Kills the receiver while the transfer of `file` is held at a place, as a loss of power would.
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

  /// Writes other bytes into a file and leaves its length and its inode.
  private func spoil(_ path: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: Data(count: 100))
    try file.close()
  }

  private func statuses(_ receiver: Receiver) async throws -> [String] {
    try await receiver.history().compactMap { $0["status"] as? String }
  }

  /// Starts a receiver that has to finish what was left, and expects the file delivered as it was sent.
  private func expectDelivered(_ file: String, in data: String) async throws {
    try await withReceiver(data: data) { receiver in
      let statuses = try await statuses(receiver)
      #expect(statuses == ["completed"])
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  // MARK: Files that are taken away

  @Test(
    "A file that is taken away before its receipt, as its recorder dies, was delivered once",
    .timeLimit(.minutes(5)), arguments: [["recorder"], ["session", "recorder"]])
  func takenBeforeReceipt(victims: [String]) async throws {
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
    "A file that is taken away while its receipt is lost is not sent a second time",
    .timeLimit(.minutes(5)), arguments: [1000, 3_000_001])
  func takenWhileReceiptIsLost(bytes: Int) async throws {
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
    "Content that an earlier recorder may have synced in vain is compared on the disk before its receipt",
    .timeLimit(.minutes(5)), arguments: ["sha256", "none"])
  func diedInSync(digest: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    let place = ArmedPlace("recorder.syncing", in: failpoints)
    try await withReceiver("--digest", digest, environment: environment) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      // A failed write-back: the disk does not have what the page cache had.
      try spoil(receiver.incoming + "/" + (try #require(receiver.partials.first)))
      try killProcess("recorder", of: receiver)
      let outcome = try await sending
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "After a loss of power a recorded file that is nowhere was not delivered, and is sent again",
    .timeLimit(.minutes(5)))
  func nowhereAfterPowerLoss() async throws {
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

  // MARK: Files of others

  @Test(
    "A file of another, of the same length, is not taken for the delivery, even without a digest",
    .timeLimit(.minutes(5)))
  func fileOfAnother() async throws {
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
    "In a copy of the data directory, where no inode is the same, the content decides",
    .timeLimit(.minutes(5)), arguments: ["recorder.recorded", "recorder.renamed"])
  func inCopyOfDataDirectory(place: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "receipt", "sha256")
    let copy = directory.path + "/copy"
    let copying = try await Programs.run("/usr/bin/env", ["cp", "-r", data, copy])
    #expect(copying.status == 0)
    try await expectDelivered(file, in: copy)
  }

  // MARK: Loss of power

  @Test(
    "After a loss of power a file that was never synced is delivered by its digest alone",
    .timeLimit(.minutes(5)), arguments: ["recorder.recorded", "recorder.renamed"],
    [("sha256", false), ("sha256", true), ("none", false)])
  func lazyAfterPowerLoss(place: String, _ way: (digest: String, isSpoilt: Bool)) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "lazy", way.digest)
    if way.isSpoilt { try spoil(try onlyFile()) }
    try await withReceiver(data: data) { receiver in
      let isBelieved = way.digest == "sha256" && !way.isSpoilt
      #expect(try await statuses(receiver) == [isBelieved ? "completed" : "failed"])
      let outcome = try await receiver.send(file)
      // What has its name and may be whole is not removed, and nothing is put in its place.
      let isInTheWay = way.digest == "none" && place == "recorder.renamed"
      #expect(outcome.status == (isInTheWay ? 77 : 0), "\(outcome.err)")
      if !isInTheWay { #expect(outcome.objects.first?["repeated"] as? Bool == isBelieved) }
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "After a loss of power a file that was synced is delivered, even without a digest",
    .timeLimit(.minutes(5)), arguments: ["recorder.recorded", "recorder.renamed"])
  func durableAfterPowerLoss(place: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await killEverything(at: place, sending: file, "receipt", "none")
    try await expectDelivered(file, in: data)
  }

  /// What lies in `incoming/` or `files/`.
  private func onlyFile() throws -> String {
    let paths = try ["incoming", "files"].flatMap { directory in
      try FileManager.default.contentsOfDirectory(atPath: "\(data)/\(directory)")
        .map { "\(data)/\(directory)/\($0)" }
    }
    return try #require(paths.count == 1 ? paths[0] : nil)
  }

  @Test(
    "A lazy receipt from before the machine's start is repeated only for the same content",
    .timeLimit(.minutes(5)))
  func lazyReceiptFromBefore() async throws {
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
