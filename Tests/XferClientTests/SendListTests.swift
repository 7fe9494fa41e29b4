import Glibc
import Testing

@testable import XferClient

@Suite("A send list has the files of a command line with their names at the receiver")
struct SendListTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("A file keeps its own name")
  func fileKeepsItsName() throws {
    let path = try files.write("abc", to: "a/b.txt")
    let list = SendList([path])
    #expect(names(list) == ["b.txt"])
    #expect(list.files.map(\.path) == [path])
    #expect(list.files.map(\.size) == [3])
    #expect(list.problems.isEmpty && list.skipped.isEmpty)
  }

  @Test(
    "A file in a directory has its path below the parent of that directory",
    arguments: ["tree", "tree/", "tree//"])
  func fileInDirectoryKeepsItsPath(_ argument: String) throws {
    try writeTree()
    let list = SendList([files.path + "/" + argument])
    #expect(names(list) == ["tree/a", "tree/b/c", "tree/d"])
    #expect(list.problems.isEmpty && list.skipped.isEmpty)
  }

  @Test("A path that ends with a dot gives its files no directory", arguments: [".", "b/.."])
  func dotGivesNoDirectory(_ ending: String) throws {
    try writeTree()
    let list = SendList([files.path + "/tree/" + ending])
    #expect(names(list) == ["a", "b/c", "d"])
  }

  @Test("The paths of files in a directory start as the directory was given")
  func pathsStartAsGiven() throws {
    try writeTree()
    let tree = files.path + "/tree"
    let list = SendList([tree])
    #expect(list.files.map(\.path) == [tree + "/a", tree + "/b/c", tree + "/d"])
  }

  @Test("A single file gets the name that is given for it")
  func singleFileGetsGivenName() throws {
    let path = try files.write("abc", to: "a")
    #expect(names(SendList([path], as: "logs/today")) == ["logs/today"])
  }

  @Test("A single directory gets the name that is given for it")
  func singleDirectoryGetsGivenName() throws {
    try writeTree()
    let list = SendList([files.path + "/tree"], as: "other")
    #expect(names(list) == ["other/a", "other/b/c", "other/d"])
  }

  @Test("A name that ends with a slash is the directory of the file", arguments: ["x/", "x//"])
  func slashMakesDirectory(_ name: String) throws {
    let path = try files.write("abc", to: "a")
    #expect(names(SendList([path], as: name)) == ["x/a"])
  }

  @Test("A name for several paths is the directory of all of them")
  func nameOfSeveralPathsIsDirectory() throws {
    let paths = [try files.write("1", to: "a"), try files.write("2", to: "b")]
    #expect(names(SendList(paths, as: "x")) == ["x/a", "x/b"])
  }

  @Test("Files keep the order of the command line, and a path that is given twice is sent twice")
  func orderIsThatOfCommandLine() throws {
    let paths = [try files.write("1", to: "b"), try files.write("22", to: "a")]
    let list = SendList(paths + [paths[0]])
    #expect(names(list) == ["b", "a", "b"])
    #expect(list.bytes == 4)
  }

  @Test("A missing path is a problem, and the other paths are listed")
  func missingPathIsProblem() throws {
    let path = try files.write("abc", to: "a")
    let list = SendList([files.path + "/missing", path])
    #expect(names(list) == ["a"])
    #expect(list.problems.count == 1)
    #expect(list.problems.first?.path == files.path + "/missing")
    #expect(list.problems.first?.why == "no such file or directory")
  }

  @Test("A device on the command line is a problem")
  func deviceIsProblem() {
    let list = SendList(["/dev/null"])
    #expect(list.files.isEmpty)
    #expect(list.problems.first?.why == "it is neither a regular file nor a directory")
  }

  @Test("A name that no receiver accepts is a problem with its remedy")
  func invalidNameIsProblem() throws {
    let path = try files.write("abc", to: "a")
    let list = SendList([path], as: "x/../y")
    #expect(list.files.isEmpty)
    #expect(list.problems.first?.path == path)
    #expect(list.problems.first?.why.hasSuffix("use --as to send it under another name") == true)
    #expect(names(SendList([path], as: "ab")) == ["ab"])
  }

  @Test("A symbolic link on the command line is followed")
  func givenLinkIsFollowed() throws {
    let target = try files.write("abc", to: "a")
    let list = SendList([try files.link("link", to: target)])
    #expect(names(list) == ["link"])
    #expect(list.bytes == 3)
  }

  @Test("A symbolic link and a pipe in a directory are skipped")
  func specialFilesInDirectoryAreSkipped() throws {
    try writeTree()
    try files.link("tree/link", to: "a")
    let made = mkfifo(files.path + "/tree/pipe", 0o600)
    try #require(made == 0)
    let list = SendList([files.path + "/tree"])
    #expect(names(list) == ["tree/a", "tree/b/c", "tree/d"])
    #expect(list.skipped.map { $0.path } == [files.path + "/tree/pipe"])
    #expect(list.skipped.map { $0.what } == ["not a regular file"])
    #expect(list.skippedLinks == 1)
    #expect(list.problems.isEmpty)
  }

  @Test("A name in a directory that is not UTF-8 is listed with all of its bytes")
  func nameThatIsNotUTF8IsListed() throws {
    try writeTree()
    let name = Array((files.path + "/tree/").utf8) + [0xff, 0]
    let descriptor = name.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      creat($0.baseAddress!, 0o600)
    }
    try #require(descriptor >= 0)
    close(descriptor)
    let list = SendList([files.path + "/tree"])
    #expect(names(list) == ["tree/a", "tree/b/c", "tree/d", "tree/\u{efff}"])
    #expect(list.files.last?.name.bytes == Array("tree/".utf8) + [0xff])
    #expect(list.problems.isEmpty)
  }

  @Test("An empty directory and an empty command line have no files")
  func emptyListHasNoFiles() throws {
    let list = SendList([files.path])
    #expect(list.files.isEmpty && list.problems.isEmpty && list.skipped.isEmpty)
    #expect(list.bytes == 0)
    #expect(SendList([]).files.isEmpty)
  }

  @Test("A total size stops at the greatest number of 64 bits")
  func totalSizeIsClamped() {
    #expect(UInt64(2).adding(3) == 5)
    #expect(UInt64.max.adding(1) == .max)
    #expect((UInt64.max - 1).adding(.max) == .max)
  }

  private func names(_ list: SendList) -> [String] { list.files.map(\.name.text) }

  /// Writes tree/a, tree/b/c and tree/d.
  private func writeTree() throws {
    for name in ["tree/d", "tree/b/c", "tree/a"] { try files.write("1", to: name) }
  }
}
