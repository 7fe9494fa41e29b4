import Foundation
import Testing

@Suite("A tree arrives as it is", .timeLimit(.minutes(20)))
struct TreeTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var tree: String { directory.path + "/tree" }

  /// Makes a tree with links, modes, times, empty directories and odd names.
  private func makeTree() async throws {
    let script = """
      mkdir -p tree/a/b/c tree/empty tree/'with blank' && cd tree
      echo one > a/one; echo two > a/b/two; : > a/b/c/nothing; head -c 300000 /dev/urandom > large
      chmod 640 a/one; chmod 755 a/b/two; chmod 400 large; chmod 700 empty; chmod 711 a/b/c
      ln -s one a/link; ln -s /no/such/file dangling; ln -s a/b directory-link
      printf x > "$(printf 'quote"\\047 \\303\\251 e\\314\\201')"
      printf y > "$(printf 'new\\nline')"
      printf z > "$(printf 'bytes\\377\\200')"; printf w > "$(printf '%0250d' 7)"
      touch -d '2001-02-03 04:05:06.123456789' a/b/two; touch -d '1969-12-31 12:00:00.5 UTC' a/one
      touch -h -d '2002-02-02 02:02:02.25' a/link dangling
      touch -d '2003-03-03 03:03:03.75' a/b/c a/b a empty; mkfifo pipe
      touch -d '2004-04-04 04:04:04.999999999' .
      """
    let outcome = try await Programs.run(
      "/usr/bin/env", ["sh", "-ec", "cd \(directory.path); \(script)"])
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  /// The differences that rsync finds between the tree and what arrived, times to the nanosecond.
  private func differences(_ there: String) async throws -> [String] {
    let outcome = try await Programs.run(
      "/usr/bin/env",
      [
        "rsync", "-rlptnc", "--itemize-changes", "--delete", "-@-1", "--exclude=/pipe", tree + "/",
        there + "/",
      ])
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.lines
  }

  @Test("Modes, times, links, empty directories and names of any bytes arrive, and arrive once")
  func treeArrivesAsItIs() async throws {
    try await makeTree()
    try await withReceiver("--names", "any") { receiver in
      for isFirst in [true, false] {
        let outcome = try await receiver.send(tree, "--links", "keep")
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(outcome.err == "xferctl: \(tree)/pipe: skipped: not a regular file\n")
        #expect(try await differences(receiver.published("tree")) == [])
        #expect(
          outcome.objects.allSatisfy { $0["repeated"] as? Bool == !isFirst }, "\(outcome.out)")
        let kinds = outcome.objects.map { $0["kind"] as? String ?? "file" }
        #expect(kinds.count { $0 == "file" } == 8)
        #expect(kinds.count { $0 == "link" } == 3)
        #expect(kinds.count == 11)
        let rows = try await receiver.sqlite(
          "SELECT count(*) FROM history WHERE kind = 'directory'")
        #expect(rows == "6")
      }
    }
  }

  @Test("A tree of several depths over several connections has the times of its directories")
  func directoriesAreSetLast() async throws {
    for index in 0..<200 {
      try directory.file("tree/\(index % 3)/\(index % 5)/\(index)", bytes: 10_000 + index)
    }
    let old = "find \(tree) -depth -exec touch -d '2001-01-01 00:00:00.5' {} +"
    _ = try await Programs.run("/usr/bin/env", ["sh", "-c", old])
    try await withReceiver { receiver in
      let outcome = try await receiver.send(tree, "--jobs", "4")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(try await differences(receiver.published("tree")) == [])
    }
  }

  @Test("Links are skipped and counted without an option")
  func linksAreSkipped() async throws {
    try directory.file("tree/f", bytes: 1)
    for name in ["a", "b"] {
      try FileManager.default.createSymbolicLink(
        atPath: tree + "/" + name, withDestinationPath: "f")
    }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(tree)
      #expect(outcome.status == 0)
      #expect(outcome.err.contains("2 symbolic links skipped; --links keep or follow sends them"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: receiver.published("tree")) == ["f"])
    }
  }

  @Test("Followed links arrive as files, and one that leads to nothing is a problem")
  func linksAreFollowed() async throws {
    let target = try directory.file("outside", bytes: 100, seed: 3)
    try directory.file("tree/f", bytes: 1)
    try FileManager.default.createSymbolicLink(
      atPath: tree + "/link", withDestinationPath: "../outside")
    try FileManager.default.createSymbolicLink(
      atPath: tree + "/loop", withDestinationPath: ".")
    try await withReceiver { receiver in
      let outcome = try await receiver.send(tree, "--links", "follow")
      #expect(outcome.status == 74)
      #expect(
        outcome.err.contains(
          "tree/loop: not sent: it is a symbolic link to a directory that contains it"))
      #expect(sameContent(target, receiver.published("tree/link")))
    }
  }

  @Test("A receiver of version 2 gets the files, and a link is a failure")
  func formerReceiverGetsFiles() async throws {
    try directory.file("tree/f", bytes: 1000)
    let plain = try await ScriptedReceiver.xferctl("receive", "send", tree)
    #expect(plain.outcome.status == 0, "\(plain.outcome.err)")
    #expect(plain.offers.count == 1)
    #expect(plain.lines.last?.contains("the receiver is too old for directories") == true)
    try FileManager.default.createSymbolicLink(atPath: tree + "/l", withDestinationPath: "f")
    let result = try await ScriptedReceiver.xferctl("receive", "send", tree, "--links", "keep")
    #expect(result.outcome.status == 74)
    #expect(
      result.outcome.err.contains("tree/l: not sent: the receiver speaks version 2 of the protocol")
    )
  }

  @Test("A file whose name is not UTF-8 can be named on the command line")
  func anyNameCanBeGiven() async throws {
    let command = """
      cd \(directory.path) && printf x > "$(printf 'odd\\377')" && \
      \(Programs.directory)/xferctl send "$(printf 'odd\\377')" --server $0
      """
    try await withReceiver("--names", "any") { receiver in
      let outcome = try await Programs.run(
        "/usr/bin/env", ["sh", "-c", command, receiver.server])
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.lines.first?.hasPrefix("received  odd\\xff") == true)
      let found = try await Programs.run(
        "/usr/bin/env", ["sh", "-c", "cat \(receiver.files)/\"$(printf 'odd\\377')\""])
      #expect(found.out == "x")
    }
  }
}
