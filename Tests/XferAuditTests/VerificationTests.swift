import Crypto
import Testing
import XferHistory
import XferProtocol

@Suite("Verification compares each file with its last delivery")
struct VerificationTests {
  private let directory: AuditedDirectory

  init() throws { directory = try AuditedDirectory() }

  @Test("A file with the recorded content is the same")
  func unchangedFileIsSame() throws {
    try directory.deliver("a", "content")
    #expect(try directory.findings() == ["a": .same])
  }

  @Test("A file with other content of the same length differs, and its digest is returned")
  func changedFileDiffers() throws {
    try directory.deliver("a", "content")
    try directory.write("contend", to: "a")
    let digest = try #require(Digest(bytes: Array(SHA256.hash(data: Array("contend".utf8)))))
    #expect(try directory.findings() == ["a": .differs(digest)])
  }

  @Test("A file that was removed is missing")
  func removedFileIsMissing() throws {
    try directory.deliver("a", "content")
    try directory.deliver("b", "content")
    try directory.remove("a")
    #expect(try directory.findings() == ["a": .missing, "b": .same])
  }

  @Test("Without a digest only the size is compared")
  func sizeIsComparedWithoutDigest() throws {
    try directory.deliver("a", "content", digested: false)
    #expect(try directory.findings() == ["a": .unproven])
    try directory.write("longer content", to: "a")
    #expect(try directory.findings() == ["a": .resized(14)])
  }

  @Test("Only the last delivery of a name counts")
  func lastDeliveryCounts() throws {
    try directory.deliver("a", "first")
    try directory.deliver("a", "second")
    #expect(try directory.findings() == ["a": .same])
  }

  @Test("Rows that the filter does not select are not verified")
  func filterSelectsRows() throws {
    try directory.deliver("a", "content")
    try directory.deliver("b", "content")
    #expect(try directory.findings(HistoryFilter(name: "b*")) == ["b": .same])
  }
}
