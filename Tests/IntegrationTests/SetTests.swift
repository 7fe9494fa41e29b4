import Foundation
import Testing

@Suite("A run is a set with a receipt of its own", .timeLimit(.minutes(5)))
struct SetTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func makeTree() async throws -> String {
    for file in 0..<30 { try directory.file("tree/d\(file % 3)/\(file)", bytes: 100 * file) }
    let script = """
      cd '\(directory.path)/tree' && mkdir empty && ln -s d0/0 link && echo x > 'back\\slash' \
      && echo y > "$(printf 'line\\nfeed')"
      """
    let made = try await Programs.run("/usr/bin/env", ["sh", "-c", script])
    #expect(made.status == 0, "\(made.err)")
    return directory.path + "/tree"
  }

  private func shell(_ command: String) async throws -> Outcome {
    try await Programs.run("/usr/bin/env", ["sh", "-c", command])
  }

  @Test("A tree that is sent is a complete set, and sha256sum accepts its manifest on both sides")
  func treeIsCompleteSet() async throws {
    let tree = try await makeTree()
    try await withReceiver("--names", "any") { receiver in
      for round in 0..<2 {
        let outcome = try await receiver.send(tree, "--links", "keep")
        #expect(outcome.status == 0, "\(outcome.err)")
        let set = try #require(outcome.set, "round \(round)")
        #expect(set["status"] as? String == "complete" && set["set_name"] as? String == "tree")
        #expect(set["files"] as? Int == 32 && set["others"] as? Int == 6)
        let id = try #require(set["set"] as? String)
        let manifest = try await Programs.xferctl("manifest", id, "--server", receiver.server)
        #expect(manifest.status == 0, "\(manifest.err)")
        #expect(manifest.out.split(separator: "\n").count == 38)
        let file = try directory.text("manifest", manifest.out)
        for place in [directory.path, receiver.published("")] {
          let check = try await shell("cd '\(place)' && sha256sum -c --strict '\(file)'")
          #expect(check.status == 0, "\(check.out)\(check.err)")
        }
        let sum = try await shell(
          "\(Programs.directory)/xferd manifest \(id) --data '\(receiver.data)' | sha256sum")
        #expect(sum.out.hasPrefix(set["sha256"] as? String ?? "none"))
      }
      try await expectTwoSets(receiver)
    }
  }

  /// Both programs list the sets of both rounds.
  private func expectTwoSets(_ receiver: Receiver) async throws {
    let there = try await Programs.xferctl(
      "history", "--sets", "--format", "jsonl", "--server", receiver.server)
    let here = try await shell(
      "\(Programs.directory)/xferd history --sets --format jsonl --data '\(receiver.data)'")
    #expect(there.status == 0 && there.out == here.out, "\(there.err)\(here.err)")
    #expect(there.out.split(separator: "\n").count == 2)
    #expect(there.out.contains("\"status\":\"complete\""))
    let none = try await Programs.xferctl(
      "history", "--sets", "--status", "failed", "--format", "json", "--server", receiver.server)
    #expect(none.out == "[]\n")
  }

  @Test("A set of which a file is refused stays incomplete, and says what is missing and why")
  func refusedFileIsMissing() async throws {
    let tree = try await makeTree()
    try await withReceiver { receiver in
      let outcome = try await receiver.send(tree, "--set", "nightly")
      #expect(outcome.status == 77)
      #expect(outcome.set == nil)
      let manifest = try await Programs.xferctl("manifest", "nightly", "--server", receiver.server)
      #expect(manifest.status == 65 && manifest.err.contains("the set is not complete"))
      let missing = try await Programs.xferctl(
        "manifest", "nightly", "--missing", "--server", receiver.server)
      #expect(missing.status == 65)
      #expect(missing.out.contains("it contains a control character (bad_name)"))
      #expect(missing.out.split(separator: "\n").count == 1)
    }
  }

  @Test("A set of which the sender dies stays incomplete, and names the files that did not come")
  func deadSenderLeavesIncompleteSet() async throws {
    for file in 0..<5 { try directory.file("tree/\(file)", bytes: 400_000) }
    try await withReceiver { receiver in
      try await HeldTransfer.killWhen(
        { try await receiver.sqlite("SELECT count(*) FROM announced_file") == "1" },
        Programs.directory + "/xferctl",
        [
          "send", directory.path + "/tree", "--server", receiver.server, "--set", "cut",
          "--limit", "300K",
        ])
      let missing = try await Programs.xferctl(
        "manifest", "cut", "--missing", "--server", receiver.server)
      #expect(missing.status == 65)
      #expect(missing.out.contains("tree/4"), "\(missing.out)")
    }
  }

  @Test("One file alone belongs to no set, unless the user names one")
  func oneFileHasNoSet() async throws {
    let file = try directory.file("one", bytes: 10)
    try await withReceiver { receiver in
      #expect((try await receiver.send(file)).set == nil)
      let outcome = try await receiver.send(file, "--set", "mine", "--as", "two")
      #expect(outcome.set?["set_name"] as? String == "mine")
    }
  }

  @Test("A set is complete once, although its recorder is killed before it answers")
  func killedRecorderCompletesSetOnce() async throws {
    let tree = try await makeTree()
    let failpoints = try TemporaryDirectory()
    let place = ArmedPlace("recorder.set", in: failpoints)
    try await withReceiver("--names", "any", environment: ArmedPlace.environment(failpoints)) {
      receiver in
      let sending = Task { try await receiver.send(tree) }
      try await place.reached()
      kill(try #require(ProcessTable(supervisor: receiver.pid).child("recorder")), SIGKILL)
      place.goOn()
      let outcome = try await sending.value
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.set?["status"] as? String == "complete")
      #expect(try await receiver.sqlite("SELECT count(*), max(sequence) FROM file_set") == "1|1")
    }
  }

  @Test("A command runs once for a set that is complete, and not for one that is not")
  func hookRunsForCompleteSet() async throws {
    let tree = try await makeTree()
    let log = directory.path + "/sets.log"
    let command = "echo \"$XFER_EVENT|$XFER_SET_NAME|$XFER_FILES|$XFER_SHA256\" >> '\(log)'"
    try await withReceiver("--names", "any", "--on-set", command) { receiver in
      let taken = try directory.file("other/taken", bytes: 10)
      let first = try await receiver.send(taken, "--as", "other/taken")
      #expect(first.status == 0)
      try directory.file("other/taken", bytes: 11)
      let bad = try await receiver.send(directory.path + "/other", "--set", "bad")
      #expect(bad.status == 77)
      let outcome = try await receiver.send(tree, "--links", "keep")
      let set = try #require(outcome.set)
      try await eventually { FileManager.default.fileExists(atPath: log) }
      let digest = set["sha256"] as? String ?? ""
      try await eventually {
        try String(contentsOfFile: log, encoding: .utf8) == "set|tree|38|\(digest)\n"
      }
    }
  }
}
