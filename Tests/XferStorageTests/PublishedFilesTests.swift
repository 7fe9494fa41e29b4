import FoundationEssentials
import Testing
import XferProtocol
import XferStorage

@Suite("A file is published under its name and never replaces another")
struct PublishedFilesTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  @Test("Publishing moves a file from incoming/ to its name")
  func publishMovesFileToItsName() throws {
    let id = try directory.sealed([1, 2, 3])
    let names = PublishedFiles(directory.data).newNames()
    defer { names.close() }
    let name = try FileName("a.txt")
    let files = PublishedFiles(directory.data)
    #expect(try files.size(of: name) == nil)
    try directory.publish(id, as: name, in: names)
    #expect(directory.content(of: "files/a.txt") == [1, 2, 3])
    #expect(!directory.exists("incoming/\(id)"))
    #expect(try files.size(of: name) == 3)
  }

  @Test("An existing file is not replaced, and the refused file keeps its content")
  func existingFileIsNotReplaced() throws {
    try directory.publish([1], as: "a")
    #expect(try directory.obstacle(to: "a")?.reason == .exists)
    let refusal = #expect(throws: Refusal.self) { try directory.publish([2], as: "a") }
    #expect(refusal?.reason == .exists)
    #expect(refusal?.retryAfter == nil)
    #expect(directory.content(of: "files/a") == [1])
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path("incoming"))
    #expect(left.count == 1)
  }

  @Test("The directories of a name are created and shared with other names")
  func directoriesOfNameAreCreated() throws {
    #expect(try directory.obstacle(to: "2026/11/a") == nil)
    try directory.publish([1], as: "2026/11/a")
    try directory.publish([2], as: "2026/11/b")
    try directory.publish([3], as: "2026/c")
    #expect(directory.content(of: "files/2026/11/a") == [1])
    #expect(directory.content(of: "files/2026/11/b") == [2])
    #expect(directory.content(of: "files/2026/c") == [3])
  }

  @Test("A name below an existing file is refused", arguments: ["a/b", "a/b/c"])
  func nameBelowFileIsRefused(_ name: String) throws {
    try directory.publish([1], as: "a")
    let obstacle = try directory.obstacle(to: name)
    #expect(obstacle?.reason == .exists)
    #expect(obstacle?.sentence.contains("\"a\" is a file") == true)
    #expect(throws: (any Error).self) { try directory.publish([2], as: name) }
    #expect(directory.content(of: "files/a") == [1])
  }

  @Test("An existing directory is not replaced by a file")
  func existingDirectoryIsNotReplaced() throws {
    try directory.publish([1], as: "a/b")
    #expect(try directory.obstacle(to: "a")?.reason == .exists)
    #expect(throws: Refusal.self) { try directory.publish([2], as: "a") }
    #expect(directory.content(of: "files/a/b") == [1])
  }

  @Test("Directories are told apart by the bytes of their names within one group")
  func directoriesAreComparedByBytes() throws {
    let names = PublishedFiles(directory.data).newNames()
    defer { names.close() }
    // The two names are equal as Strings, and are different names on the disk.
    for (content, name) in [([1], "\u{e9}/a"), ([2], "e\u{301}/b")] as [([UInt8], String)] {
      let id = try directory.sealed(content)
      try directory.publish(id, as: FileName(name), in: names)
    }
    #expect(directory.content(of: "files/\u{e9}/a") == [1])
    #expect(directory.content(of: "files/e\u{301}/b") == [2])
  }

  @Test("A slash before a combining mark separates two components")
  func slashBeforeCombiningMarkSeparates() throws {
    try directory.publish([1], as: "a/\u{301}b")
    #expect(directory.content(of: "files/a/\u{301}b") == [1])
  }
}
