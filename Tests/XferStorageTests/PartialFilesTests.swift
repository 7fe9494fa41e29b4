import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("What broken transfers left")
struct PartialFilesTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  private func later(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: Timestamp.now.microseconds + seconds * 1_000_000)
  }

  @Test("It is kept for as long as it was said, and no longer")
  func expiry() throws {
    let id = try directory.sealed([1, 2, 3])
    let files = PartialFiles(directory.data, keepSeconds: 100)
    #expect(try files.expire(now: later(90)).files == 0)
    #expect(directory.exists("incoming/\(id)"))
    let gone = try files.expire(now: later(110))
    #expect(gone.files == 1 && gone.bytes == 3)
    #expect(!directory.exists("incoming/\(id)"))
  }

  @Test("What a session holds, and what is no transfer, stays")
  func kept() throws {
    let id = TransferID.random()
    let held = try #require(try IncomingFile(id, size: 10, in: directory.data.incoming))
    try directory.write([1], to: "incoming/notes")
    let files = PartialFiles(directory.data, keepSeconds: 0)
    #expect(try files.expire(now: later(1000)).files == 0)
    #expect(directory.exists("incoming/\(id)") && directory.exists("incoming/notes"))
    held.close()
    #expect(try files.expire(now: later(1000)).files == 1)
    #expect(directory.exists("incoming/notes"))
  }

  @Test("What a row says is recorded stays, however old it is and even after a loss of power")
  func recorded() throws {
    let (one, other) = (try directory.sealed([1]), try directory.sealed([2]))
    let files = PartialFiles(directory.data, keepSeconds: 0, recorded: [one])
    #expect(try files.expire(now: later(1000)).files == 1)
    #expect(try files.removeAll() == 0)
    #expect(directory.exists("incoming/\(one)") && !directory.exists("incoming/\(other)"))
  }
}
