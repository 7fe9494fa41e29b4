import FoundationEssentials
import Testing
import XferProtocol
import XferStorage

@Suite("Symbolic links in the data directory are not followed")
struct SymbolicLinkTests {
  private let directory: TemporaryData

  /// Creates the directory `outside` beside `files`, and the link `files/link` to it.
  init() throws {
    directory = try TemporaryData()
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: directory.path("outside"), withIntermediateDirectories: false)
    try directory.write([9], to: "outside/there")
    try manager.createSymbolicLink(
      atPath: directory.path("files/link"), withDestinationPath: directory.path("outside"))
  }

  @Test("A file is not published through a symbolic link", arguments: ["link/a", "link/b/c"])
  func publishDoesNotFollowLink(_ name: String) throws {
    #expect(try directory.obstacle(to: name)?.reason == .exists)
    #expect(throws: (any Error).self) { try directory.publish([1], as: name) }
    #expect(try inside("outside") == ["there"])
  }

  @Test("A symbolic link is not replaced by a file")
  func linkIsNotReplaced() throws {
    #expect(try directory.obstacle(to: "link")?.reason == .exists)
    #expect(throws: Refusal.self) { try directory.publish([1], as: "link") }
    #expect(try inside("outside") == ["there"])
  }

  @Test("A refusal does not show whether the target of a symbolic link has the name")
  func refusalHidesTargetOfLink() throws {
    let there = try directory.obstacle(to: "link/there")
    let absent = try directory.obstacle(to: "link/not-there")
    #expect(there?.reason == absent?.reason)
    #expect(there?.sentence == absent?.sentence.replacing("not-there", with: "there"))
    #expect(try PublishedFiles(directory.data).size(of: FileName("link/there")) == nil)
  }

  @Test("A symbolic link in incoming/ is not written through")
  func linkInIncomingIsNotFollowed() throws {
    let id = TransferID.random()
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("incoming/\(id)"),
      withDestinationPath: directory.path("outside/there"))
    #expect(throws: (any Error).self) {
      try IncomingFile(id, size: 10, in: directory.data.incoming)
    }
    #expect(directory.content(of: "outside/there") == [9])
  }

  private func inside(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path(name)).sorted()
  }
}
