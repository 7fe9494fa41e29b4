import Foundation
import Testing

@Suite(
  "A full disk delays transfers and loses none", .timeLimit(.minutes(20)),
  .enabled(if: getuid() == 0, "only root can mount"))
struct FullDiskTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A file that does not fit is refused before its content and is sent when space is free",
    arguments: TestDisk.usable)
  func oversizedFileWaitsForSpace(on disk: TestDisk) async throws {
    let file = try await directory.noise("f", bytes: 40 << 20)
    try await disk.run(below: directory) { disk in
      try await withReceiver("--reserve", "4M", data: disk + "/data") { receiver in
        try await TestDisk.fill(disk, leaving: 30 << 20)
        let early = try await receiver.native("send", file, "early")
        #expect(early["reason"] as? Int == 4 && early["retry_after"] as? Int == 10)
        async let sending = receiver.send(file)
        #expect(await receiver.log.line(with: "name=f reason=no_space") != nil)
        try FileManager.default.removeItem(atPath: disk + "/ballast")
        let outcome = try await sending
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(sameContent(file, receiver.published("f")))
        #expect(try await receiver.history("--status", "completed").count == 1)
      }
    }
  }

  @Test(
    "Every file arrives after another program filled the disk and freed it again",
    arguments: TestDisk.usable)
  func externallyFullDiskLosesNoFile(on disk: TestDisk) async throws {
    for index in 0..<200 {
      try directory.file("tree/\(index)", bytes: 100_000, seed: UInt64(index))
    }
    let tree = directory.path + "/tree"
    try await disk.run(below: directory) { disk in
      try await withReceiver("--reserve", "0", data: disk + "/data") { receiver in
        let ballast = disk + "/ballast"
        // The disk is full to its last byte, so neither content nor rows fit.
        _ = try await Programs.run("/usr/bin/env", ["sh", "-c", "cat /dev/zero > \(ballast)"])
        async let sending = receiver.send(tree)
        #expect(await receiver.log.line(with: "no_space") != nil)
        try FileManager.default.removeItem(atPath: ballast)
        let outcome = try await sending
        #expect(outcome.status == 0, "\(outcome.err)")
        let diff = try await Programs.run(
          "/usr/bin/env", ["diff", "-r", tree, receiver.published("tree")])
        #expect(diff.status == 0, "\(diff.out)")
        let rows = try await receiver.history("--status", "completed")
        #expect(rows.count { $0["kind"] as? String == "file" } == 200)
        #expect(receiver.arriving.isEmpty)
      }
    }
  }

  @Test(
    "A filling disk stops rows of failures well before it refuses content")
  func fullDiskStopsRowsOfFailuresFirst() async throws {
    let file = try directory.file("f", bytes: 100_000)
    try await TestDisk.tmpfs.run(below: directory) { disk in
      try await withReceiver("--reserve", "4M", data: disk + "/data") { receiver in
        #expect(try await receiver.native("send", file, "..")["reason"] as? Int == 6)
        try await eventually { try await receiver.history().count == 1 }
        try await TestDisk.fill(disk, leaving: 6 << 20)
        #expect(try await receiver.native("send", file, "../..")["reason"] as? Int == 6)
        #expect(await receiver.log.line(with: "failures are counted and logged, but not") != nil)
        #expect(try await receiver.send(file).status == 0)
        let rows = try await receiver.history()
        #expect(rows.map { $0["name"] as? String } == ["f", ".."])
        let metrics = try await receiver.page("/metrics").body
        #expect(metrics.contains("xfer_transfer_failures_total{reason=\"bad_name\"} 2\n"))
      }
    }
  }

  @Test("xferd backup on a full disk fails and leaves no file")
  func backupOnFullDiskLeavesNoFile() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      #expect(try await receiver.send(file).status == 0)
      try await TestDisk.tmpfs.run(below: directory, size: "16k") { disk in
        let copy = disk + "/copy.sqlite"
        let outcome = try await Programs.xferd("backup", copy, "--data", receiver.data)
        #expect(outcome.status == 74 && outcome.err.contains("the disk is full"), "\(outcome.err)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
      }
    }
  }
}
