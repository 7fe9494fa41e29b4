import FoundationEssentials
import Testing
import XferProtocol
import XferStorage

@Suite("Files under their names")
struct PublishedFilesTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  @Test("A published file is under its name, and no longer in incoming/")
  func publishedFileIsUnderItsName() throws {
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

  @Test("A file is never replaced: the second is refused, and keeps its content")
  func fileIsNeverReplaced() throws {
    try directory.publish([1], as: "a")
    #expect(try directory.obstacle(to: "a")?.reason == .exists)
    let refusal = #expect(throws: Refusal.self) { try directory.publish([2], as: "a") }
    #expect(refusal?.reason == .exists)
    #expect(refusal?.retryAfter == nil)
    #expect(directory.content(of: "files/a") == [1])
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path("incoming"))
    #expect(left.count == 1)
  }

  @Test("The directories of a name are made, and shared by what is in them")
  func directoriesOfNameAreMade() throws {
    #expect(try directory.obstacle(to: "2026/11/a") == nil)
    try directory.publish([1], as: "2026/11/a")
    try directory.publish([2], as: "2026/11/b")
    try directory.publish([3], as: "2026/c")
    #expect(directory.content(of: "files/2026/11/a") == [1])
    #expect(directory.content(of: "files/2026/11/b") == [2])
    #expect(directory.content(of: "files/2026/c") == [3])
  }

  @Test("Nothing is published below a file", arguments: ["a/b", "a/b/c"])
  func nothingIsPublishedBelowFile(_ name: String) throws {
    try directory.publish([1], as: "a")
    let obstacle = try directory.obstacle(to: name)
    #expect(obstacle?.reason == .exists)
    #expect(obstacle?.sentence.contains("\"a\" is a file") == true)
    #expect(throws: (any Error).self) { try directory.publish([2], as: name) }
    #expect(directory.content(of: "files/a") == [1])
  }

  @Test("A directory is not replaced by a file")
  func directoryInPlace() throws {
    try directory.publish([1], as: "a/b")
    #expect(try directory.obstacle(to: "a")?.reason == .exists)
    #expect(throws: Refusal.self) { try directory.publish([2], as: "a") }
    #expect(directory.content(of: "files/a/b") == [1])
  }

  @Test("In one batch, each file goes into the directory of its own name, byte for byte")
  func inOneBatch() throws {
    let names = PublishedFiles(directory.data).newNames()
    defer { names.close() }
    // The same to a reader, and to a String, yet two names to the disk.
    for (content, name) in [([1], "\u{e9}/a"), ([2], "e\u{301}/b")] as [([UInt8], String)] {
      let id = try directory.sealed(content)
      try directory.publish(id, as: FileName(name), in: names)
    }
    #expect(directory.content(of: "files/\u{e9}/a") == [1])
    #expect(directory.content(of: "files/e\u{301}/b") == [2])
  }

  @Test("A slash before a combining mark is a slash")
  func slashBeforeCombiningMarkIsSlash() throws {
    try directory.publish([1], as: "a/\u{301}b")
    #expect(directory.content(of: "files/a/\u{301}b") == [1])
  }
}
