import Foundation
import Testing

@Suite(
  "A receipt means that the file is complete, on disk and in the history",
  .timeLimit(.minutes(20)))
struct DeliveryTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static let sizes = [
    0, 1, 4095, 4096, 256 * 1024, 256 * 1024 + 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1,
    3 * (1 << 20) + 7, 20_000_000,
  ]

  @Test("A file of any size arrives complete", arguments: sizes)
  func fileOfAnySizeArrives(size: Int) async throws {
    let file = try directory.file("some file.bin", bytes: size, seed: UInt64(size))
    try await withReceiver { receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("some file.bin")))
      let row = try #require(try await receiver.history().first)
      #expect(row["status"] as? String == "completed")
      #expect(row["size"] as? Int == size)
      #expect(row["client_ip"] as? String == "127.0.0.1")
      #expect(row["sha256"] as? String == outcome.objects[0]["sha256"] as? String)
      let sums = try await Programs.run("/usr/bin/env", ["sha256sum", file])
      #expect(sums.out.hasPrefix(outcome.objects[0]["sha256"] as? String ?? "none"))
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test("A directory arrives with all its files")
  func directoryArrivesWithAllFiles() async throws {
    for index in 0..<300 {
      try directory.file("tree/\(index % 7)/ä \(index).txt", bytes: index * 37, seed: UInt64(index))
    }
    let source = directory.path + "/tree"
    try FileManager.default.createSymbolicLink(
      atPath: source + "/link", withDestinationPath: "/etc/passwd")
    try await withReceiver { receiver in
      let outcome = try await receiver.send(source, "--as", "from/here")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.count == 300)
      #expect(outcome.err.contains("1 symbolic link skipped"))
      try FileManager.default.removeItem(atPath: source + "/link")
      let diff = try await Programs.run(
        "/usr/bin/env", ["diff", "-r", source, receiver.published("from/here")])
      #expect(diff.status == 0, "\(diff.out)")
      // The tree has seven directories and itself.
      #expect(try await receiver.history().count == 308)
    }
  }

  @Test("An unchanged file that is sent again gets its old receipt")
  func unchangedFileIsNotSentTwice() async throws {
    let files = try [100, 2_000_000].map { try directory.file("\($0)", bytes: $0) }
    try await withReceiver { receiver in
      let first = try await receiver.send(files[0], files[1], "--as", "x/")
      let second = try await receiver.send(files[0], files[1], "--as", "x/")
      #expect(first.status == 0 && second.status == 0)
      #expect(second.objects.allSatisfy { $0["repeated"] as? Bool == true })
      #expect(
        Set(first.objects.map { $0["transfer_id"] as? String })
          == Set(second.objects.map { $0["transfer_id"] as? String }))
      #expect(try await receiver.history().count == 2)
    }
  }

  @Test(
    "A delivered file that was removed is delivered again exactly once",
    arguments: ["sha256", "none"])
  func removedFileIsDeliveredAgainOnce(digest: String) async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver("--digest", digest) { receiver in
      #expect(try await receiver.send(file).status == 0)
      for _ in 1...3 {
        try FileManager.default.removeItem(atPath: receiver.published("f"))
        for isThere in [false, true] {
          let again = try await receiver.send(file)
          #expect(again.status == 0, "\(again.err)")
          #expect(again.objects.first?["repeated"] as? Bool == isThere)
        }
        #expect(sameContent(file, receiver.published("f")))
      }
      #expect(try await receiver.history("--status", "completed").count == 4)
      #expect(try await receiver.history("--status", "failed").isEmpty)
    }
  }

  @Test("A redelivery that is cut resumes")
  func cutRedeliveryResumes() async throws {
    let file = try await directory.noise("f", bytes: 100_000_000)
    try await withReceiver { receiver in
      #expect(try await receiver.send(file).status == 0)
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      try await HeldTransfer.cut(file, to: receiver, after: 5_000_000)
      let again = try await receiver.send(file)
      #expect(again.status == 0, "\(again.err)")
      #expect(try await receiver.sqlite("SELECT max(resumed_at) > 0 FROM transfer") == "1")
      #expect(sameContent(file, receiver.published("f")))
    }
  }

  @Test(
    "A file with an existing name is refused, and the existing file is kept")
  func existingNameIsRefused() async throws {
    let (one, two) = (try directory.file("1", bytes: 10), try directory.file("2", bytes: 5_000_000))
    try await withReceiver { receiver in
      #expect(try await receiver.send(one, "--as", "same").status == 0)
      for size in [two, try directory.file("3", bytes: 11)] {
        let refused = try await receiver.send(size, "--as", "same")
        #expect(refused.status == 77)
        #expect(refused.objects[0]["reason"] as? String == "exists")
      }
      #expect(sameContent(one, receiver.published("same")))
      #expect(receiver.arriving.isEmpty)
      let rows = try await receiver.history("--status", "failed")
      #expect(rows.map { $0["reason"] as? String } == ["exists"])
      #expect(rows.map { $0["attempts"] as? Int } == [2])
    }
  }

  @Test(
    "One of eight senders of the same name gets the receipt, and the others are refused")
  func oneSenderOfSameNameGetsReceipt() async throws {
    let files = try (0..<8).map {
      try directory.file("\($0)", bytes: 300_000 + $0, seed: UInt64($0))
    }
    try await withReceiver { receiver in
      let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
        for file in files {
          group.addTask { try await receiver.send(file, "--as", "one").status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.count { $0 == 0 } == 1)
      #expect(statuses.count { $0 == 77 } == 7)
      #expect(files.count { sameContent($0, receiver.published("one")) } == 1)
      #expect(receiver.arriving.isEmpty)
    }
  }

  @Test(
    "The row of a transfer has the source address of its sender")
  func rowHasSourceAddress() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      for last in 2...4 {
        let outcome = try await receiver.send(file, "--bind", "127.0.0.\(last)", "--as", "\(last)/")
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      let clients = try await receiver.history().map { $0["client_ip"] as? String }
      #expect(clients == ["127.0.0.4", "127.0.0.3", "127.0.0.2"])
    }
  }
}
