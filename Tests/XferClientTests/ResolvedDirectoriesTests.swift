import Testing

@testable import XferClient

@Suite("A file has one path, by which its transfer gets its id")
struct ResolvedDirectoriesTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("A path through a symbolic link is that of the directory behind it")
  func linkIsResolved() throws {
    let direct = try files.file("tree/a", "abc")
    try files.link("link", to: "tree")
    let linked = FileToSend(path: files.path + "/link/a", name: direct.name, size: 3)
    let resolved = resolvedDirectory(files.path) + "/tree/a"
    let directories = ResolvedDirectories()
    #expect(directories.path(of: direct) == resolved)
    #expect(directories.path(of: linked) == resolved)
  }

  @Test("A file of a listed directory has the same path as the file alone")
  func listedFileHasSamePath() throws {
    let alone = try files.file("tree/sub/a", "abc")
    let listed = try #require(SendList([files.path + "/tree/"]).files.first)
    let directories = ResolvedDirectories()
    #expect(directories.path(of: listed) == directories.path(of: alone))
  }

  @Test("A directory that does not exist keeps its path")
  func missingDirectoryKeepsPath() {
    #expect(resolvedDirectory("/no/such/directory") == "/no/such/directory")
  }

  @Test("The root has an empty path, so that its files get one slash")
  func rootIsEmpty() { #expect(resolvedDirectory("/") == "") }
}
