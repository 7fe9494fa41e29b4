import Foundation
import Testing

@Suite(
  "Disk space that a transfer does not use is released", .timeLimit(.minutes(20)),
  .enabled(if: getuid() == 0, "only root can mount"))
struct ReservationTests {
  /// The space that the history, its log and the metadata of the file system may take meanwhile. On
  /// so small a disk btrfs reserves 16 MiB for itself at the first write.
  private static func slack(_ disk: TestDisk) -> Int { disk == .btrfs ? 24 << 20 : 6 << 20 }

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Makes a file that takes no space at its sender.
  private func sparse(_ name: String, bytes: Int) throws -> String {
    let path = directory.path + "/" + name
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: UInt64(bytes))
    return path
  }

  @Test(
    "An offer larger than the free space takes no space and leaves no file",
    arguments: TestDisk.usable)
  func oversizedOfferTakesNoSpace(on disk: TestDisk) async throws {
    let (big, small) = (
      try sparse("big", bytes: 2 << 30), try directory.file("small", bytes: 300_000)
    )
    let slack = Self.slack(disk)
    try await disk.run(below: directory) { disk in
      try await withReceiver("--reserve", "4M", data: disk + "/data") { receiver in
        let before = try TestDisk.free(disk)
        let refused = try await receiver.send(big, "--retry-for", "1s")
        #expect(refused.status == 77)
        #expect(refused.objects.first?["reason"] as? String == "no_space")
        let after = try TestDisk.free(disk)
        #expect(before - after < slack, "\(before) bytes were free, \(after) are")
        let sent = try await receiver.send(small, "--retry-for", "5s")
        #expect(sent.status == 0, "\(sent.err)")
        #expect(sameContent(small, receiver.published("small")))
        #expect(receiver.arriving.isEmpty, "a file of length 0 stays")
      }
    }
  }

  @Test(
    "An offer that would leave less than --reserve never reserves space",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: TestDisk.usable)
  func spaceBelowReserveIsNeverReserved(on disk: TestDisk) async throws {
    let trace = directory.path + "/trace"
    try await disk.run(below: directory) { disk in
      try await withReceiver("--reserve", "16M", data: disk + "/data") { receiver in
        let big = try sparse("big", bytes: try TestDisk.free(disk) - (8 << 20))
        try await DiskTrace.run(receiver.pid, to: trace, below: receiver.data) {
          let refused = try await receiver.send(big, "--retry-for", "1s")
          #expect(refused.objects.first?["reason"] as? String == "no_space")
        }
      }
    }
    let reserved = try Strace.lines(trace).filter { $0.contains("fallocate(") }
    #expect(reserved.isEmpty, "\(reserved)")
  }

  /// Runs `body` in the middle of a transfer, with space reserved for the rest.
  private func whileHeld(
    _ receiver: Receiver, _ disk: String, _ slack: Int = 0,
    _ body: (_ free: Int) async throws -> Void
  ) async throws {
    let file = try sparse("held", bytes: 40 << 20)
    let free = try TestDisk.free(disk)
    try await HeldTransfer.run(receiver.server, file, "held", expectingReceipt: false) { _ in
      try await eventually { try TestDisk.free(disk) < free - (30 << 20) }
      try await body(free - slack)
    }
  }

  @Test(
    "The reservation of a killed session is released", arguments: TestDisk.usable)
  func killedSessionReleasesSpace(on disk: TestDisk) async throws {
    let slack = Self.slack(disk)
    try await disk.run(below: directory) { disk in
      try await withReceiver("--reserve", "4M", data: disk + "/data") { receiver in
        try await whileHeld(receiver, disk, slack) { free in
          kill(try #require(ProcessTable(supervisor: receiver.pid).child("session")), SIGKILL)
          try await eventually { try TestDisk.free(disk) > free }
        }
        #expect(receiver.arrivedBytes > 0, "what came in is kept")
      }
    }
  }

  @Test(
    "The reservations of a killed receiver are released by the next one", arguments: TestDisk.usable
  )
  func nextReceiverReleasesSpace(on disk: TestDisk) async throws {
    let slack = Self.slack(disk)
    try await disk.run(below: directory) { disk in
      let data = disk + "/data"
      let free = try TestDisk.free(disk)
      try await withReceiver("--reserve", "4M", data: data) { receiver in
        try await whileHeld(receiver, disk) { _ in receiver.signal(SIGKILL) }
      }
      try await withReceiver("--reserve", "4M", data: data) { receiver in
        try await eventually { try TestDisk.free(disk) > free - slack - (4 << 20) }
        #expect(receiver.arrivedBytes > 0, "what came in is kept")
      }
    }
  }
}
