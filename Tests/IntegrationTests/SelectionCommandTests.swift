import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite("xferctl send sends what its options select", .timeLimit(.minutes(20)))
struct SelectionCommandTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    for name in ["a.c", "a.o", "b.c", "sub/a.c", "sub/x.o"] {
      try directory.file("tree/" + name, bytes: 10)
    }
  }

  private var tree: String { directory.path + "/tree" }

  @Test(
    "The order of includes and excludes on the command line counts",
    arguments: [
      (["--include", "a.*", "--exclude", "*.o"], ["a.c", "a.o", "b.c", "sub/a.c"]),
      (["--exclude", "*.o", "--include", "a.*"], ["a.c", "b.c", "sub/a.c"]),
      (["--include=*/", "--include=a.c", "--exclude=*"], ["a.c", "sub/a.c"]),
      (["--exclude=-x", "--exclude", "/tree/sub/"], ["a.c", "a.o", "b.c"]),
    ])
  func orderOfRulesCounts(options: [String], names: [String]) async throws {
    #expect(try await listed([tree] + options) == names.map { "tree/" + $0 })
  }

  @Test("Rules in files stand where their option stands")
  func rulesInFilesKeepOrder() async throws {
    let rules = try directory.text("rules", "# all objects\n*.o\n")
    #expect(
      try await listed([tree, "--include", "a.o", "--exclude-from", rules])
        == ["a.c", "a.o", "b.c", "sub/a.c"].map { "tree/" + $0 })
    #expect(
      try await listed([tree, "--exclude-from", rules, "--include", "a.o"])
        == ["a.c", "b.c", "sub/a.c"].map { "tree/" + $0 })
  }

  @Test("150 random sets of rules select what rsync selects")
  func rulesAreThoseOfRsync() async throws {
    let outcome = try await Programs.python(
      "compare_filters.py", [Programs.directory + "/xferctl", "14", "150"])
    let report = try #require(outcome.objects.first, "\(outcome.err)")
    #expect(report["compared"] as? Int == 150)
    #expect(try #require(report["mixed"] as? Int) > 25)
    #expect((report["differences"] as? [Any])?.isEmpty == true, "\(outcome.out)")
  }

  @Test("Names come from lines or end with a NUL, from a file or standard input")
  func namesComeFromAnyInput() async throws {
    let lines = try directory.text("lines", "sub/a.c\n./a.o\n")
    let zeros = try directory.text("zeros", "sub/a.c\0a.o\0")
    let expected = ["sub/a.c", "a.o"]
    #expect(try await listed([tree, "--files-from", lines]) == expected)
    #expect(try await listed([tree, "--files-from", zeros, "--from0"]) == expected)
    let command = "cd \(tree) && cat \(zeros) | \(Programs.directory)/xferctl send --from0 "
    let outcome = try await Programs.run(
      "/usr/bin/env", ["sh", "-c", command + "--files-from - --dry-run --json"])
    #expect(outcome.objects.map { $0["name"] as? String } == expected)
  }

  @Test("Files go into the directory of --to, under their own names")
  func filesGoToDirectory() async throws {
    let names = try await listed([tree + "/a.c", tree + "/sub", "--to", "x/y"])
    #expect(names == ["x/y/a.c", "x/y/sub/a.c", "x/y/sub/x.o"])
    #expect(try await listed([tree + "/a.c", "--to", "x"]) == ["x/a.c"])
  }

  @Test("Only files that were changed within the time are sent")
  func oldFilesAreLeftOut() async throws {
    _ = try await Programs.run("/usr/bin/env", ["touch", "-d", "2020-01-01", tree + "/a.o"])
    #expect(try await listed([tree, "--newer-than", "1d"]).contains("tree/a.o") == false)
    #expect(try await listed([tree, "--newer-than", "2019-12-31"]).contains("tree/a.o"))
  }

  @Test("A dry run lists files with sizes and sends nothing")
  func dryRunSendsNothing() async throws {
    try await withReceiver { receiver in
      let outcome = try await Programs.xferctl(
        "send", tree, "--dry-run", "--server", receiver.server)
      #expect(outcome.status == 0)
      #expect(outcome.lines.first == "would send  tree/a.c  10 B")
      #expect(outcome.lines.last == "5 files, 50 B, 2 directories; nothing was sent")
      #expect(try await receiver.history().isEmpty)
      let missing = try await Programs.xferctl("send", "/no/such/file", "--dry-run")
      #expect(missing.status == 74)
    }
  }

  @Test(
    "Options that exclude each other are refused",
    arguments: [
      ["--to", "a", "--as", "b"], ["--from0"], ["--delete-after", "--links", "follow"],
      ["--links", "some"], ["--jobs", "0"], ["--limit", "0"], ["--limit", "fast"],
      ["--exclude", ""], ["--newer-than", "soon"], ["--to", "../x"],
    ])
  func contradictionsAreRefused(options: [String]) async throws {
    let outcome = try await Programs.xferctl(["send", tree, "--server", "127.0.0.1:1"] + options)
    #expect(outcome.status == 64, "\(outcome.err)")
  }

  /// Returns the names of the files that would be sent.
  private func listed(_ arguments: [String]) async throws -> [String] {
    let outcome = try await Programs.xferctl(["send", "--dry-run", "--json"] + arguments)
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.objects.filter { $0["kind"] == nil }.compactMap { $0["name"] as? String }
  }
}
