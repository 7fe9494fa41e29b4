import GRDB
import GRDBSQLite
import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The one writer of the history, owned by the recorder. Each method is one transaction.
public final class HistoryWriter {
  let queue: DatabaseQueue
  let path: String
  let failureBounds: FailureBounds

  /// Opens the history or begins it; throws `HistoryUnusable`. Makes the tables of this version;
  /// `whenUpgrading` is called before that where there are tables of an earlier one, as it may take long.
  public init(
    path: String, failureBounds: FailureBounds = FailureBounds(), whenUpgrading: () -> Void = {}
  ) throws {
    self.path = path
    self.failureBounds = failureBounds
    do {
      HistoryWriter.sortBeside(path)
      if try HistoryWriter.exists(path), try HistoryWriter.isOfEarlierVersion(path) {
        whenUpgrading()
      }
      queue = try DatabaseQueue(path: path, configuration: HistoryWriter.configuration)
      try HistoryWriter.prepare(queue)
    } catch let unusable as HistoryUnusable {
      throw unusable
    } catch {
      throw HistoryUnusable(path, error)
    }
  }

  /// Seconds. Another program may hold the database for a moment, as a reader does that mends what a killed
  /// writer left (https://sqlite.org/wal.html, section 8).
  static let patience: Int32 = 10

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(Double(patience))
    configuration.label = "history"
    configuration.prepareDatabase { try WriterTuning.apply(to: $0) }
    return configuration
  }

  /// An empty file is as good as none: SQLite makes one before it writes.
  private static func exists(_ path: String) throws -> Bool {
    guard let status = try FileStatus.of(path: path) else { return false }
    return status.size > 0
  }

  /// What SQLite sorts for an index can be as large as the history, and /tmp may be small: so it goes to
  /// the disk that the history is on (https://sqlite.org/tempfiles.html, section 5).
  private static func sortBeside(_ path: String) {
    let directory = FilePath(path).removingLastComponent().string
    setenv("SQLITE_TMPDIR", directory.isEmpty ? "." : directory, 1)
  }

  /// Opens the history of this version that is there, beside a receiver or without one. It makes nothing, and
  /// leaves what an earlier version has made as it is.
  public convenience init(existing path: String) throws {
    do {
      guard try HistoryWriter.exists(path) else { throw HistoryUnusable(path, "is not there") }
      if try HistoryWriter.isOfEarlierVersion(path) {
        throw HistoryUnusable(
          path, "is of an earlier version of xfer; start a receiver of this version first")
      }
    } catch let error as DatabaseError {
      throw HistoryUnusable(path, error)
    }
    try self.init(path: path)
  }

  /// Looks whether the file is a history, through a handle that cannot change it; true where it must be
  /// upgraded.
  private static func isOfEarlierVersion(_ path: String) throws -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Double(patience))
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { database in
      let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      guard mark == HistorySchema.applicationID || (mark == 0 && tables == 0) else {
        throw HistoryUnusable(path, "belongs to another program; choose another --data")
      }
      if tables > 0, try HistorySchema.migrator.hasBeenSuperseded(database) {
        throw HistoryUnusable(path, "was made by a later version of xfer; use that version")
      }
      return try tables > 0 && !HistorySchema.migrator.hasCompletedMigrations(database)
    }
  }

  private static func prepare(_ queue: DatabaseQueue) throws {
    try queue.inDatabase { database in
      let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
      if mark == HistorySchema.applicationID { return }
      try database.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
    }
    try HistorySchema.migrator.migrate(queue)
  }

  /// Runs a transaction that is on the disk when this returns.
  func durably<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try transaction(synchronous: "FULL", body)
  }

  /// Runs a transaction that a loss of power may undo: only for what can be derived again.
  func lazily<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try transaction(synchronous: "NORMAL", body)
  }

  private func transaction<Value>(
    synchronous: String, _ body: (Database) throws -> Value
  ) throws -> Value {
    try queue.inDatabase { database in
      try database.cachedStatement(sql: "PRAGMA synchronous = \(synchronous)").execute()
      var value: Value?
      try database.inTransaction(.immediate) {
        value = try body(database)
        return .commit
      }
      return value!
    }
  }

  /// Milliseconds that a check waits for whatever holds the database: others wait for the check.
  private static let checkPatience: Int32 = 1000

  /// Throws where nothing can be written now: only who writes knows.
  public func check() throws {
    try setPatience(HistoryWriter.checkPatience)
    defer { try? setPatience(HistoryWriter.patience * 1000) }
    try lazily { try $0.execute(sql: "UPDATE total SET transfers = transfers") }
  }

  private func setPatience(_ milliseconds: Int32) throws {
    try queue.inDatabase { _ = sqlite3_busy_timeout($0.sqliteConnection, milliseconds) }
  }

  /// Not `queue.read`: that forbids writing by a PRAGMA, after which SQLite prepares every statement
  /// anew.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.inDatabase(body)
  }

  public func close() throws { try queue.close() }
}
