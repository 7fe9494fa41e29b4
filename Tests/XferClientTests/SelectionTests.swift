import Glibc
import Testing
import XferSystem

@testable import XferClient

@Suite("A selection lists what its options name")
struct SelectionTests {
  private let files: TemporaryFiles
  private var tree: String { files.path + "/tree" }

  init() throws {
    files = try TemporaryFiles()
    for name in ["tree/a.c", "tree/a.o", "tree/sub/b.c", "tree/sub/deep/c.o"] {
      try files.write("1", to: name)
    }
    try #require(mkdir(files.path + "/tree/empty", 0o700) == 0)
  }

  @Test("Directories follow what they contain, empty ones included")
  func directoriesFollowContent() {
    let list = SendList([tree])
    #expect(
      list.directories.map(\.name.text) == ["tree/empty", "tree/sub/deep", "tree/sub", "tree"])
    #expect(list.directories.map(\.path).last == tree)
    #expect(list.directories.allSatisfy { $0.kind == .directory })
  }

  @Test("The content of a directory without a name has no directory for itself")
  func dotHasNoDirectory() {
    let list = SendList([tree + "/."])
    #expect(list.directories.map(\.name.text) == ["empty", "sub/deep", "sub"])
  }

  @Test("Rules see the names of the transfer, whatever the names at the receiver are")
  func rulesSeeTransfer() throws {
    var selection = Selection([tree])
    selection.name = "other/name"
    try selection.filter.add("/tree/sub/", effect: .exclude)
    let list = SendList(selection)
    #expect(names(list) == ["other/name/a.c", "other/name/a.o"])
    #expect(list.directories.map(\.name.text) == ["other/name/empty", "other/name"])
  }

  @Test("An excluded directory is not entered, and a file of the command line can be excluded")
  func excludedDirectoryIsNotEntered() throws {
    var selection = Selection([tree, tree + "/a.o"])
    try selection.filter.add("*.o", effect: .exclude)
    try selection.filter.add("b.c", effect: .include)
    try selection.filter.add("sub", effect: .exclude)
    #expect(names(SendList(selection)) == ["tree/a.c"])
  }

  @Test("Names are relative to the directory, and keep their paths")
  func namesAreRelative() throws {
    var selection = Selection([tree])
    selection.names = ["sub/b.c", "/a.c", "./sub//b.c", "sub", ".", ""]
    let list = SendList(selection)
    #expect(names(list) == ["sub/b.c", "a.c"])
    #expect(list.directories.map(\.name.text) == ["sub"])
    selection.name = "x/"
    #expect(names(SendList(selection)) == ["x/sub/b.c", "x/a.c"])
  }

  @Test("A name that is missing, leads outside or leads through a link is a problem")
  func strangeNameIsProblem() throws {
    try files.link("tree/link", to: "sub")
    var selection = Selection([tree])
    selection.names = ["nothing", "../tree/a.c", "link/b.c", "a.c"]
    let list = SendList(selection)
    #expect(names(list) == ["a.c"])
    #expect(list.problems.count == 3)
    #expect(list.problems[1].why == "it has the component \"..\"")
  }

  @Test("A name in an excluded directory is excluded")
  func namesAreFiltered() throws {
    var selection = Selection([tree])
    selection.names = ["sub/b.c", "a.c"]
    try selection.filter.add("sub/", effect: .exclude)
    #expect(names(SendList(selection)) == ["a.c"])
  }

  @Test("Names that differ in their bytes only are two names")
  func normalFormsAreTwoNames() throws {
    for name in ["tree/é", "tree/e\u{301}"] { try files.write("1", to: name) }
    var selection = Selection([tree])
    selection.names = ["é", "e\u{301}", "é"]
    #expect(SendList(selection).files.count == 2)
  }

  @Test("Only files that were changed since the time are sent, with the directories that hold them")
  func newerFilesAreListed() throws {
    for name in ["a.c", "a.o", "sub/b.c", "sub", "empty", "sub/deep", "."] { age(name) }
    var selection = Selection([tree])
    selection.newerThan = Timestamp(microseconds: 1_000_000_000_000_000)
    let list = SendList(selection)
    #expect(names(list) == ["tree/sub/deep/c.o"])
    #expect(list.directories.map(\.name.text) == ["tree/sub/deep", "tree/sub", "tree"])
  }

  @Test("Kept links are listed as links")
  func keptLinksAreListed() throws {
    try files.link("tree/link", to: "/nothing")
    var selection = Selection([tree + "/."])
    selection.links = .keep
    let list = SendList(selection)
    #expect(names(list) == ["a.c", "a.o", "link", "sub/b.c", "sub/deep/c.o"])
    #expect(list.files.map(\.kind) == [.file, .file, .link, .file, .file])
    #expect(list.skippedLinks == 0)
  }

  @Test("Followed links give files and directories, and loops are problems")
  func followedLinksAreListed() throws {
    try files.write("1", to: "outside/f")
    try files.link("tree/sub/out", to: files.path + "/outside")
    try files.link("tree/sub/file", to: "../a.c")
    try files.link("tree/sub/up", to: "..")
    try files.link("tree/self", to: "self")
    try files.link("tree/gone", to: "nothing")
    try files.link("outside/back", to: "../tree/sub")
    var selection = Selection([tree])
    selection.links = .follow
    let list = SendList(selection)
    #expect(
      names(list) == [
        "tree/a.c", "tree/a.o", "tree/sub/b.c", "tree/sub/deep/c.o", "tree/sub/file",
        "tree/sub/out/f",
      ])
    #expect(
      list.problems.map { $0.path.dropFirst(tree.count + 1) }
        == ["gone", "self", "sub/out/back", "sub/up"])
    #expect(list.directories.map(\.name.text).contains("tree/sub/out"))
  }

  private func age(_ name: String) {
    let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
    utimensat(AT_FDCWD, tree + "/" + name, times, 0)
  }

  private func names(_ list: SendList) -> [String] { list.files.map(\.name.text) }
}
