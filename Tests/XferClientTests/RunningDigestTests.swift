import Testing
import XferProtocol

@testable import XferClient

@Suite("The digest of content is computed block by block")
struct RunningDigestTests {
  /// The SHA-256 of "abc" (FIPS 180-4, example).
  private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test("Blocks that follow each other have the SHA-256 of the whole content")
  func blocksHaveDigestOfContent() {
    let running = RunningDigest()
    add("a", to: running, at: 0)
    add("bc", to: running, at: 1)
    #expect(running.digest(of: 3)?.description == abc)
  }

  @Test("Content that is not complete has no digest")
  func incompleteContentHasNoDigest() {
    let running = RunningDigest()
    add("ab", to: running, at: 0)
    #expect(running.digest(of: 3) == nil)
  }

  @Test("Content with a gap, as after a resume, has no digest")
  func gapLeavesNoDigest() {
    let running = RunningDigest()
    add("a", to: running, at: 0)
    add("c", to: running, at: 2)
    #expect(running.digest(of: 3) == nil)
  }

  @Test("An empty file has the digest of no content")
  func emptyFileHasDigest() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(RunningDigest().digest(of: 0)?.description == empty)
  }

  private func add(_ text: String, to running: RunningDigest, at offset: UInt64) {
    Array(text.utf8).withUnsafeBytes { running.add($0, at: offset) }
  }
}
