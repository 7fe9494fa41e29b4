import Foundation
import Testing

@Suite("A sender sends exactly the files of the named directory", .timeLimit(.minutes(20)))
struct SourceTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Makes a tree that is listed at once and opened in two steps. The entries after `a` are opened
  /// only after the receiver has greeted, because `a` fills the bytes that are sent before.
  private func tree() throws -> String {
    for name in ["a/1", "a/2"] { try directory.file("tree/" + name, bytes: 200_000) }
    try directory.file("tree/b/f", bytes: 1000)
    try directory.file("tree/z", bytes: 300_000)
    try directory.file("secret/f", bytes: 1000, seed: 7)
    return directory.path + "/tree"
  }

  @Test(
    "An entry that is replaced after the listing never leads out of the directory",
    arguments: [
      ("ln -sf ../secret/f tree/z", "tree/z", "tree/z: not sent: it is a symbolic link now"),
      (
        "rm -r tree/b; ln -s ../secret tree/b", "tree/b/f",
        "tree/b/f: not sent: it is a symbolic link"
      ),
      ("rm tree/z; mkfifo tree/z", "tree/z", "tree/z: not sent: it is not a regular file any more"),
      ("rm tree/z; mkdir tree/z", "tree/z", "tree/z: not sent: it is not a regular file any more"),
      ("rm tree/z", "tree/z", "tree/z: not sent: could not open \"z\": no such file"),
      ("mv tree old; ln -s secret tree; touch secret/z", "", ""),
    ])
  func replacedEntryIsNotFollowed(command: String, name: String, complaint: String)
    async throws
  {
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", try tree(), "--quiet",
      options: ["--before-welcome", "cd \(directory.path); \(command)"])
    // The named directory is open, so it is sent even if its name leads to another one now.
    #expect(result.outcome.status == (name.isEmpty ? 0 : 74), "\(result.outcome.err)")
    #expect(result.received.count == (name.isEmpty ? 4 : 3))
    #expect(result.received[name] == nil)
    let secret = try await sha256(directory.path + "/secret/f")
    #expect(!result.received.values.contains(secret))
    if !name.isEmpty { #expect(result.outcome.err.contains(complaint), "\(result.outcome.err)") }
  }

  @Test(
    "A file that is replaced by another one before it is opened is sent with its new content")
  func replacedFileIsSentAsItIs() async throws {
    let next = try directory.file("tree-next", bytes: 400_000, seed: 5)
    let digest = try await sha256(next)
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", try tree(), "--quiet",
      options: ["--before-welcome", "mv \(next) \(directory.path)/tree/z"])
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.received["tree/z"] == digest)
  }

  @Test(
    "A source directory that is replaced before its turn is not sent")
  func replacedSourceIsNotSent() async throws {
    let (one, two) = (try tree(), directory.path + "/two")
    try directory.file("two/f", bytes: 1000)
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", one, two, "--quiet",
      options: [
        "--before-welcome", "cd \(directory.path); mv two was; mkdir two; cp secret/f two/f",
      ])
    #expect(result.outcome.status == 74)
    #expect(result.outcome.err.contains("two/f: not sent: the directory \"\(two)\" was replaced"))
    #expect(result.received.count == 4)
  }

  @Test(
    "A file that is written while it is sent is sent again, even if its mtime was restored")
  func writeWithRestoredTimeIsDetected() async throws {
    let file = try await directory.noise("f", bytes: 60_000_000)
    let write = """
      python3 -c "import os; s = os.stat('\(file)'); f = open('\(file)', 'r+b'); f.write(b'new');
      f.seek(-3, 2); f.write(b'new'); f.close(); os.utime('\(file)', ns=(s.st_atime_ns, s.st_mtime_ns))"
      """
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", file, "--quiet", options: ["--before-content", write])
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.offers.count == 2)
    #expect(result.received["f"] == (try await sha256(file)))
  }

  @Test(
    "A failed listing is reported, its entries so far are sent, and the status is 74",
    .enabled(if: Strace.works, "strace cannot trace here"),
    arguments: ["tree", "tree/inner"])
  func failedListingEndsWith74(path: String) async throws {
    for index in 0..<3000 { try directory.file("tree/inner/\(index)", bytes: 1) }
    let source = directory.path + "/" + path
    // A listing takes one call for the entries and one for the end; that of `inner` takes more.
    let call = path == "tree" ? 4 : 2
    try await withReceiver { receiver in
      let outcome = try await Programs.run(
        "/usr/bin/env",
        [
          "strace", "-o", directory.path + "/trace", "-e", "trace=getdents64", "-e",
          "inject=getdents64:error=EIO:when=\(call)", Programs.directory + "/xferctl", "send",
          source, "--json", "--server", receiver.server,
        ])
      #expect(outcome.status == 74)
      #expect(
        outcome.err.contains(
          "tree/inner: not sent: could not list a directory to its end: input/output error"),
        "\(outcome.err)")
      #expect(outcome.objects.count > 100 && outcome.objects.count < 3000)
      #expect(outcome.objects.allSatisfy { $0["status"] as? String == "received" })
    }
  }

  @Test(
    "A file with more or less content than its length is not sent",
    arguments: ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"])
  func fileOfUnknownLengthIsNotSent(path: String) async throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(path, "--as", "f")
      #expect(outcome.status == 74)
      let line = try #require(outcome.objects.first)
      #expect((line["detail"] as? String ?? "").hasPrefix("its length is unknown"))
      #expect(try await receiver.history("--status", "completed").isEmpty)
    }
  }

  @Test("A named pipe in the place of a named file is not sent")
  func namedPipeIsNotSent() async throws {
    let (first, file) = (
      try directory.file("1", bytes: 262_144), try directory.file("f", bytes: 10)
    )
    let result = try await ScriptedReceiver.xferctl(
      "receive", "send", first, file, "--quiet",
      options: ["--before-welcome", "rm \(file); mkfifo \(file)"])
    #expect(result.outcome.status == 74)
    #expect(result.outcome.err.contains("f: not sent: it is not a regular file any more"))
  }

  @Test("A symbolic link that is named as an argument is followed")
  func namedLinkIsFollowed() async throws {
    let (tree, file) = (try tree(), directory.path + "/secret/f")
    let links = directory.path + "/links"
    try FileManager.default.createDirectory(atPath: links, withIntermediateDirectories: true)
    for (name, target) in [("file", file), ("tree", tree)] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(links)/\(name)", withDestinationPath: target)
    }
    try await withReceiver { receiver in
      let outcome = try await receiver.send(links + "/file", links + "/tree")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("file")))
      #expect(sameContent(tree + "/z", receiver.published("tree/z")))
      // The same files by another path have the same ids.
      let again = try await receiver.send(tree)
      #expect(again.objects.allSatisfy { $0["repeated"] as? Bool == true })
    }
  }

  @Test(
    "A sender of a deep tree or many directories needs at most 40 descriptors")
  func senderNeedsFewDescriptors() async throws {
    let deep = (0..<20).map { "\($0)" }.joined(separator: "/")
    for index in 0..<200 { try directory.file("tree/\(index)/f", bytes: 10, seed: UInt64(index)) }
    try directory.file("tree/\(deep)/f", bytes: 10, seed: 1000)
    let folders = (0..<200).map { "\(directory.path)/tree/\($0)" }
    try await withReceiver { receiver in
      let script = "ulimit -n 40; exec \"$0\" \"$@\""
      let program = ["sh", "-c", script, Programs.directory + "/xferctl", "send", "--json"]
      for (sources, name) in [([directory.path + "/tree"], "one"), (folders, "many")] {
        let outcome = try await Programs.run(
          "/usr/bin/env", program + ["--server", receiver.server, "--as", name + "/"] + sources)
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(outcome.objects.count == 201)
      }
    }
  }

  @Test(
    "A sender retries a file while another program holds a lease on it")
  func leasedFileIsRetried() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      let outcome = try await Programs.python(
        "lease_holder.py",
        [file, Programs.directory + "/xferctl", "send", file, "--server", receiver.server])
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.err.contains("f: another program holds a lease on it; retrying in"))
    }
  }
}
