import Foundation
import Testing

@Suite(
  "xferd verifies deliveries and copies the history",
  .timeLimit(.minutes(20)))
struct AuditTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func deliver(_ receiver: Receiver, _ names: [String]) async throws {
    for name in names {
      let file = try directory.file(name, bytes: 300_000, seed: UInt64(name.utf8.first ?? 0))
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
    }
  }

  @Test(
    "xferd verify names each missing or changed file and ends with status 65")
  func verifyReportsMissingAndChangedFiles() async throws {
    try await withReceiver { receiver in
      try await deliver(receiver, ["a", "b", "c"])
      let good = try await Programs.xferd("verify", "--data", receiver.data)
      #expect(good.status == 0 && good.out == "3 files, 878.9 KiB: all as delivered\n")
      try FileManager.default.removeItem(atPath: receiver.published("a"))
      let handle = try #require(FileHandle(forUpdatingAtPath: receiver.published("b")))
      try handle.seek(toOffset: 1000)
      try handle.write(contentsOf: Data([1, 2, 3]))
      try handle.close()
      let bad = try await Programs.xferd("verify", "--data", receiver.data)
      #expect(bad.status == 65)
      #expect(bad.lines.count == 3)
      #expect(bad.out.contains("a: missing; it was delivered"))
      #expect(bad.out.contains("b: differs: sha256 "))
      #expect(bad.lines.last == "3 files, 878.9 KiB: 2 not as delivered")
      let later = try await Programs.xferd(
        "verify", "--data", receiver.data, "--since", "2100-01-01")
      #expect(later.status == 74 && later.err.contains("no delivered file matches"))
    }
  }

  @Test(
    "xferd verify tells apart names that look the same and differ in their bytes")
  func verifyComparesNamesByBytes() async throws {
    let file = try directory.file("f", bytes: 1000)
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    try await withReceiver { receiver in
      for name in [composed, decomposed] {
        let sent = try await receiver.send(file, "--as", name)
        #expect(sent.status == 0)
      }
      try Data("spoilt".utf8).write(to: URL(fileURLWithPath: receiver.published(composed)))
      let verified = try await Programs.xferd("verify", "--data", receiver.data)
      #expect(verified.status == 65 && verified.out.contains("2 files"), "\(verified.out)")
    }
  }

  @Test(
    "xferd verify compares a file only with the latest delivery of its name")
  func verifyComparesWithLatestDelivery() async throws {
    let (one, two) = (
      try directory.file("1", bytes: 1000, seed: 1), try directory.file("2", bytes: 2000, seed: 2)
    )
    try await withReceiver { receiver in
      let first = try await receiver.send(one, "--as", "x")
      #expect(first.status == 0)
      try FileManager.default.removeItem(atPath: receiver.published("x"))
      let rows = try await receiver.history()
      let finished = try #require(rows.first?["finished_at"] as? String)
      let second = try await receiver.send(two, "--as", "x")
      #expect(second.status == 0)
      // The end is just after the first delivery, because the database has microseconds and the row
      // shows milliseconds.
      let until = finished.replacing("Z", with: "999Z")
      let verified = try await Programs.xferd("verify", "--data", receiver.data, "--until", until)
      #expect(verified.status == 74 && verified.err.contains("no delivered file matches"))
      #expect(try await Programs.xferd("verify", "--data", receiver.data).status == 0)
    }
  }

  @Test("xferd backup makes a consistent copy during transfers")
  func backupIsConsistentDuringTransfers() async throws {
    try await withReceiver { receiver in
      for index in 0..<400 { try directory.file("many/\(index)", bytes: 10, seed: UInt64(index)) }
      async let sending = receiver.send(directory.path + "/many")
      for index in 0..<5 {
        let copy = directory.path + "/copy\(index)"
        let outcome = try await Programs.xferd("backup", copy, "--data", receiver.data)
        #expect(outcome.status == 0, "\(outcome.err)")
        let check = try await Programs.run(
          "/usr/bin/env", ["sqlite3", copy, "PRAGMA integrity_check"])
        #expect(check.out == "ok\n")
        let rows = try await Programs.xferd("history", "--database", copy, "--limit", "0")
        #expect(rows.status == 0)
      }
      let sent = try await sending
      #expect(sent.status == 0)
      let again = try await Programs.xferd(
        "backup", directory.path + "/copy0", "--data", receiver.data)
      #expect(again.status == 74 && again.err.contains("already exists"))
    }
  }

  @Test(
    "xferctl names the xferd command that replaced one of its own",
    arguments: [
      (["verify", "--data", "x", "--quiet"], "xferd verify"), (["backup", "f"], "xferd backup"),
      (["history", "--database", "f"], "xferd history"),
    ])
  func xferctlNamesReplacementInXferd(arguments: [String], command: String) async throws {
    let outcome = try await Programs.xferctl(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("\"\(command)\" now"), "\(outcome.err)")
  }
}
