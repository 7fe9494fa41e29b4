import Foundation
import Testing

@Suite(
  "xferctl send --delete-after removes what was delivered, and nothing else",
  .timeLimit(.minutes(20)))
struct DeleteAfterTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var tree: String { directory.path + "/tree" }

  private func remaining() -> [String] {
    (FileManager.default.subpaths(atPath: tree) ?? []).sorted()
  }

  @Test("Files and kept links go, directories stay, and the tree has arrived")
  func filesGo() async throws {
    for (name, bytes) in [("a", 0), ("sub/b", 1000), ("sub/c", 400_000)] {
      try directory.file("tree/" + name, bytes: bytes)
    }
    try FileManager.default.createSymbolicLink(atPath: tree + "/l", withDestinationPath: "a")
    try await withReceiver { receiver in
      let outcome = try await receiver.send(tree, "--delete-after", "--links", "keep")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(remaining() == ["sub"])
      #expect(outcome.objects.allSatisfy { $0["removed"] as? Bool == true })
      #expect(
        (FileManager.default.subpaths(atPath: receiver.published("tree")) ?? []).sorted()
          == ["a", "l", "sub", "sub/b", "sub/c"])
    }
  }

  @Test("A file that an earlier run delivered is removed, too")
  func deliveredFileGoes() async throws {
    try directory.file("tree/a", bytes: 1000)
    try await withReceiver { receiver in
      for option in [[], ["--delete-after"]] {
        let send = ["send", tree, "--server", receiver.server]
        let outcome = try await Programs.xferctl(send + option)
        #expect(outcome.status == 0, "\(outcome.err)")
      }
      #expect(remaining() == [])
    }
  }

  @Test("Nothing is removed after the receipts of a lazy receiver, and the status is 74")
  func lazyReceiptKeeps() async throws {
    try directory.file("tree/a", bytes: 1000)
    try await withReceiver("--durability", "lazy") { receiver in
      let outcome = try await receiver.send(tree, "--delete-after")
      #expect(outcome.status == 74)
      #expect(outcome.objects.first?["removed"] as? Bool == false)
      let told = try await Programs.xferctl(
        "send", tree, "--delete-after", "--server", receiver.server)
      #expect(told.status == 74)
      #expect(
        told.err.contains("tree/a: received, but not removed: the receipt does not promise"))
      #expect(remaining() == ["a"])
    }
  }

  @Test("A refused file is kept")
  func refusedFileIsKept() async throws {
    try directory.file("tree/a", bytes: 1000)
    try await withReceiver("--max-file-size", "100") { receiver in
      let outcome = try await receiver.send(tree, "--delete-after")
      #expect(outcome.status == 77)
      #expect(remaining() == ["a"])
    }
  }

  @Test("A file that was replaced while it was sent is kept")
  func replacedFileIsKept() async throws {
    let file = try directory.file("tree/a", bytes: 400_000)
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", tree, "--delete-after",
      options: ["--before-content", "echo new > \(file).new; mv \(file).new \(file)"])
    #expect(result.outcome.status == 74, "\(result.outcome.err)")
    #expect(result.outcome.err.contains("received, but not removed: it has changed since"))
    #expect(remaining() == ["a"])
  }
}
