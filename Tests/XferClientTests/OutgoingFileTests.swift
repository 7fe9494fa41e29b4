import Glibc
import SystemPackage
import Testing
import XferProtocol
import XferSystem

@testable import XferClient

@Suite("A file is sent as it was when it was offered, or not at all")
struct OutgoingFileTests {
  private let files: TemporaryFiles
  private let sources = SourceFiles()

  init() throws { files = try TemporaryFiles() }

  @Test("An unchanged file is read in blocks")
  func unchangedFileIsRead() throws {
    let file = try OutgoingFile(files.file("a", "abcdef"), in: sources)
    #expect(file.size == 6)
    #expect(try read(file, at: 0, count: 4) == "abcd")
    #expect(try read(file, at: 4, count: 2) == "ef")
    #expect(try file.isUnchanged())
  }

  @Test("A file that changes after it was opened is not read")
  func changedFileIsNotRead() throws {
    let file = try OutgoingFile(files.file("a", "abc"), in: sources)
    let directory = try Directory(path: files.path)
    defer { directory.close() }
    let writer = try directory.openFile("a", O_WRONLY)
    defer { try? writer.close() }
    try writer.truncate(to: 2)
    #expect(throws: FileChanged.self) { try read(file, at: 0, count: 3) }
    #expect(try !file.isUnchanged())
  }

  @Test("A file of /proc, which has more content than its length, is not sent")
  func fileOfUnknownLengthIsNotSent() throws {
    let listed = FileToSend(path: "/proc/version", name: try FileName("version"), size: 0)
    let file = try OutgoingFile(listed, in: sources)
    #expect(file.size == 0)
    let failure = #expect(throws: Unsendable.self) { try read(file, at: 0, count: 0) }
    #expect(failure?.description.hasPrefix("its length is unknown") == true)
  }

  @Test("A file that was replaced by a directory since it was listed is not sent")
  func directoryIsNotSent() throws {
    let listed = FileToSend(path: files.path, name: try FileName("a"), size: 0)
    let failure = #expect(throws: Unsendable.self) { try OutgoingFile(listed, in: sources) }
    #expect(failure?.description == "it is not a regular file any more")
  }

  @Test("A file in a directory that became a symbolic link since it was listed is not sent")
  func linkInDirectoryIsNotFollowed() throws {
    try files.write("secret", to: "outside")
    try files.write("abc", to: "tree/a")
    let file = try #require(SendList([files.path + "/tree"]).files.first)
    try files.rename("tree/a", to: "tree/b")
    try files.link("tree/a", to: "../outside")
    let failure = #expect(throws: Unsendable.self) { try OutgoingFile(file, in: sources) }
    #expect(failure?.description == "it is a symbolic link now, or reached through one")
  }

  @Test("A directory that was replaced by another one since it was listed is not sent")
  func replacedDirectoryIsNotSent() throws {
    try files.write("abc", to: "tree/a")
    try files.write("xyz", to: "other/a")
    let file = try #require(SendList([files.path + "/tree"]).files.first)
    try files.rename("tree", to: "former")
    try files.rename("other", to: "tree")
    let failure = #expect(throws: Unsendable.self) { try OutgoingFile(file, in: sources) }
    #expect(failure?.description.hasSuffix("was replaced by another directory") == true)
  }

  @Test("A file in a directory is opened although it was replaced by another file")
  func replacedFileIsOpened() throws {
    try files.write("abc", to: "tree/a")
    let file = try #require(SendList([files.path + "/tree"]).files.first)
    try files.write("longer", to: "other")
    try files.rename("other", to: "tree/a")
    #expect(try OutgoingFile(file, in: sources).size == 6)
  }

  private func read(_ file: OutgoingFile, at offset: UInt64, count: Int) throws -> String {
    var content = [UInt8](repeating: 0, count: count)
    try content.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
    return String(decoding: content, as: UTF8.self)
  }
}
