import Foundation
import GRDB
import Testing
import XferHistory
import XferSQLite

@Suite("A file that is not a history is refused unchanged")
struct UnusableHistoryTests {
  private let history: TemporaryHistory

  init() throws { history = try TemporaryHistory() }

  private func bytes() throws -> Data {
    try #require(FileManager.default.contents(atPath: history.path))
  }

  private func write(_ content: Data) throws {
    try content.write(to: URL(filePath: history.path))
  }

  private func expectRefusal(
    _ words: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try bytes()
    let refusal = #expect(throws: HistoryFailure.self, sourceLocation: location) {
      try history.writer()
    }
    guard case .unusable(let sentence) = refusal else {
      return #expect(Bool(false), "\(String(describing: refusal))", sourceLocation: location)
    }
    #expect(sentence.contains(words), sourceLocation: location)
    #expect(sentence.contains(history.path), sourceLocation: location)
    #expect(try bytes() == before, "the file was changed", sourceLocation: location)
  }

  @Test("A file that is not a database is refused and left unchanged")
  func nonDatabaseIsRefused() throws {
    try write(Data("no database, but a text".utf8))
    try expectRefusal("is not an SQLite database")
  }

  @Test("A damaged database is refused and left unchanged")
  func damagedDatabaseIsRefused() throws {
    try history.writer().close()
    var content = try bytes()
    content.replaceSubrange(100..<content.count, with: Data(count: content.count - 100))
    try write(content)
    try expectRefusal("is damaged")
  }

  @Test(
    "A database of another program is refused and left unchanged", arguments: ["delete", "wal"])
  func foreignDatabaseIsRefused(_ journal: String) throws {
    let other = try DatabaseQueue(path: history.path)
    try other.writeWithoutTransaction {
      _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = \(journal)")
      try $0.execute(sql: "CREATE TABLE song (title TEXT); INSERT INTO song VALUES ('la')")
    }
    try other.close()
    try expectRefusal("belongs to another program")
  }

  @Test(
    "An empty database with the application id of another program is refused and left unchanged")
  func emptyForeignDatabaseIsRefused() throws {
    let other = try DatabaseQueue(path: history.path)
    try other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = 7") }
    try other.close()
    try expectRefusal("belongs to another program")
  }

  @Test("A history of a later version is refused and left unchanged")
  func historyOfLaterVersionIsRefused() throws {
    try history.writer().close()
    let later = try DatabaseQueue(path: history.path)
    try later.writeWithoutTransaction {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of a later version')")
    }
    try later.close()
    try expectRefusal("was made by a later version")
  }

  @Test("A history in a missing directory cannot be opened")
  func missingDirectoryIsReported() {
    let path = history.directory + "/absent/history.sqlite"
    let refusal = #expect(throws: HistoryFailure.self) { try SQLiteWriter(path: path) }
    #expect(refusal?.description.contains("cannot be opened") == true)
  }

  @Test("A reader refuses a missing file and does not create it")
  func readerDoesNotCreateFile() throws {
    let refusal = #expect(throws: HistoryFailure.self) { try SQLiteReader(path: history.path) }
    #expect(refusal?.description.contains("cannot be opened") == true)
    #expect(!FileManager.default.fileExists(atPath: history.path))
  }

  @Test("A reader refuses a file that is not a database")
  func readerRefusesNonDatabase() throws {
    try DatabaseQueue(path: history.path).close()
    try write(Data("no database, but a text".utf8))
    let refusal = #expect(throws: HistoryFailure.self) { try SQLiteReader(path: history.path) }
    #expect(refusal?.description.contains("is not an SQLite database") == true)
  }

  @Test("A writer waits for a history that another program holds briefly", .timeLimit(.minutes(20)))
  func writerWaitsForLockedHistory() async throws {
    try history.writer().close()
    var exclusive = Configuration()
    exclusive.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
    let other = try DatabaseQueue(path: history.path, configuration: exclusive)
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; COMMIT") }
    let path = history.path
    let opening = Task { try await onThread { try SQLiteWriter(path: path).close() } }
    // A thread of its own: the writer waits for ten seconds, for which tasks may wait for a turn.
    try await onThread {
      while UnusableHistoryTests.descriptors(of: path) < 2 { sched_yield() }
      try other.close()
    }
    try await opening.value
  }

  /// Returns the number of descriptors of this process that are open on the file.
  private static func descriptors(of path: String) -> Int {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return numbers.count {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
    }
  }
}
