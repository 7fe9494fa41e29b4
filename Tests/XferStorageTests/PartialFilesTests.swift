import FoundationEssentials
import Glibc
import SystemPackage
import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("The walk over incoming/ counts, releases and removes partial files")
struct PartialFilesTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  private func later(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: Timestamp.now.microseconds + seconds * 1_000_000)
  }

  /// Returns the result of a complete walk.
  private func walked(
    keepSeconds: Int64, at now: Timestamp = .now, recorded: [TransferID] = [], slice: Int = 1000
  ) throws -> PartialFiles {
    let files = try PartialFiles(
      directory.data, keep: .seconds(keepSeconds), recorded: recorded)
    while try files.walk(slice, now: now) {}
    return files
  }

  /// Leaves a partial file, as a session does when it loses its client.
  private func partial(of client: String, _ bytes: Int = 1 << 20) throws -> TransferID {
    let id = TransferID.random()
    let file = try #require(
      try IncomingFile(id, size: 4 << 20, in: directory.data.incoming, of: client))
    try file.append(numbers(bytes))
    file.close()
    return id
  }

  @Test("A partial file is kept for its time and removed after it")
  func partialFileIsKeptForItsTime() throws {
    let id = try directory.sealed([1, 2, 3])
    #expect(try walked(keepSeconds: 100, at: later(90)).removedFiles == 0)
    #expect(directory.exists("incoming/\(id)"))
    let gone = try walked(keepSeconds: 100, at: later(110))
    #expect(gone.removedFiles == 1 && gone.removedBytes == 3)
    #expect(!directory.exists("incoming/\(id)"))
  }

  @Test("A sums file is removed with its partial file, or if it has none")
  func sumsFileIsRemovedWithPartialFile() throws {
    let (one, two) = (try partial(of: "::1"), try partial(of: "::1"))
    try directory.data.incoming.remove(two.description)
    _ = try walked(keepSeconds: 100)
    #expect(directory.exists("incoming/\(one).sums") && !directory.exists("incoming/\(two).sums"))
    _ = try walked(keepSeconds: 100, at: later(110))
    #expect(!directory.exists("incoming/\(one)") && !directory.exists("incoming/\(one).sums"))
  }

  @Test(
    "The walk over incoming/ stops after each slice and visits all partial files",
    arguments: [1, 2, 7, 100])
  func walkInSlicesVisitsAllFiles(_ slice: Int) throws {
    for _ in 0..<10 { _ = try directory.sealed([1]) }
    let files = try PartialFiles(directory.data, keep: .zero)
    let isBeforeItsEnd = try files.walk(slice, now: later(1000))
    #expect(isBeforeItsEnd == (slice < 11))
    #expect(files.removedFiles == min(slice, 10))
    while try files.walk(slice, now: later(1000)) {}
    #expect(files.removedFiles == 10)
  }

  @Test("The walk over incoming/ keeps files that a session holds or that are not transfers")
  func heldAndForeignFilesAreKept() throws {
    let id = TransferID.random()
    let held = try #require(try IncomingFile(id, size: 10, in: directory.data.incoming))
    try held.append([1])
    try directory.write([1], to: "incoming/notes")
    #expect(try walked(keepSeconds: 0, at: later(1000)).removedFiles == 0)
    #expect(directory.exists("incoming/\(id)") && directory.exists("incoming/notes"))
    held.close()
    #expect(!directory.exists("incoming/\(id)"), "so little cannot be resumed")
    #expect(directory.exists("incoming/notes"))
  }

  @Test("An empty partial file is removed after a minute, and one that is linked elsewhere at once")
  func emptyFileIsRemovedAfterMinute() throws {
    let (empty, linked) = (TransferID.random(), try directory.sealed([1]))
    try directory.write([], to: "incoming/\(empty)")
    try FileManager.default.linkItem(
      atPath: directory.path("incoming/\(linked)"), toPath: directory.path("files/f"))
    #expect(throws: Refusal.self) {
      try IncomingFile(linked, size: 1, in: directory.data.incoming)
    }
    #expect(try walked(keepSeconds: 1000).removedFiles == 1)
    #expect(directory.exists("incoming/\(empty)") && !directory.exists("incoming/\(linked)"))
    #expect(directory.content(of: "files/f") == [1])
    #expect(try walked(keepSeconds: 1000, at: later(61)).removedFiles == 1)
  }

  @Test("A recorded file is kept at any age and after a loss of power")
  func recordedFileIsKept() throws {
    let (one, other) = (try directory.sealed([1]), try directory.sealed([2]))
    #expect(try walked(keepSeconds: 0, at: later(1000), recorded: [one]).removedFiles == 1)
    let files = try PartialFiles(directory.data, keep: .zero, recorded: [one])
    #expect(try files.removeAll() == 0)
    #expect(directory.exists("incoming/\(one)") && !directory.exists("incoming/\(other)"))
  }

  @Test("The walk over incoming/ releases only the reservations of dead sessions")
  func reservationOfDeadSessionIsReleased() throws {
    let ids = [TransferID.random(), .random()]
    let files = try ids.map { id in
      let file = try directory.data.incoming.openFile(
        id.description, O_RDWR | O_CREAT, mode: 0o600)
      #expect(try file.reserve(at: 0, count: 8 << 20))
      return file
    }
    #expect(try files[0].tryLock())
    try files[1].close()
    #expect(try walked(keepSeconds: 100).releasedBytes >= 8 << 20)
    let sizes = try ids.map { try directory.data.incoming.status(of: $0.description)?.allocated }
    #expect(sizes[0] ?? 0 >= 8 << 20)
    #expect(sizes[1] == 0)
    try files[0].close()
  }

  @Test("The walk over incoming/ counts the partial files of each client")
  func partialFilesCountPerClient() throws {
    _ = try (partial(of: "10.0.0.1"), partial(of: "10.0.0.1", 1 << 19), partial(of: "::1"))
    let shares = try walked(keepSeconds: 100).shares
    #expect(shares.count == 2)
    #expect(shares["10.0.0.1"]?.files == 2)
    #expect(shares["10.0.0.1"]?.bytes == 3 << 19)
    #expect(shares["::1"]?.bytes == 1 << 20)
  }
}
