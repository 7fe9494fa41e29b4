import Testing
import XferProtocol

@testable import XferClient

@Suite("A file of a run keeps its progress and its id")
struct FileToSendTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("Content counts as progress only if it is beyond all content that was sent before")
  func onlyNewContentIsProgress() throws {
    let file = try files.file("a", "abc")
    let steps: [UInt64] = [1, 3, 2, 3, 4]
    #expect(steps.map(file.advance) == [true, true, false, false, true])
  }

  @Test("A file has the id that follows from it until another one replaces it")
  func fileHasNoReplacementAtFirst() throws {
    let file = try files.file("a", "abc")
    #expect(!file.hasReplacementID)
    #expect(file.replacementID(as: try files.status(of: "a")) == nil)
    #expect(file.formerDigest == nil)
  }

  @Test("An id that replaces another one is used as long as the file is unchanged")
  func replacementIDIsUsedForUnchangedFile() throws {
    let file = try files.file("a", "abc")
    let id = TransferID(high: 1, low: 2)
    let former = try digest(of: "abc")
    file.replaceID(with: id, as: try files.status(of: "a"), former: former)
    #expect(file.hasReplacementID)
    #expect(file.replacementID(as: try files.status(of: "a")) == id)
    #expect(file.formerDigest == former)
  }

  @Test("A change of the file drops the id that replaced another one")
  func changedFileDropsReplacementID() throws {
    let file = try files.file("a", "abc")
    file.replaceID(with: TransferID(high: 1, low: 2), as: try files.status(of: "a"))
    try files.write("abcd", to: "a")
    #expect(file.replacementID(as: try files.status(of: "a")) == nil)
    #expect(!file.hasReplacementID)
  }
}
