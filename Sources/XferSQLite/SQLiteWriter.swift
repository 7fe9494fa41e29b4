import GRDB
import GRDBSQLite
import Glibc
import SystemPackage
import XferHistory
import XferProtocol
import XferSystem

/// The connection that writes the history. Each method is one transaction.
package final class SQLiteWriter: HistoryWriter {
  let queue: DatabaseQueue
  let path: String
  let failureBounds: FailureBounds
  let announced = AnnouncedBytes()

  /// Opens the history, or creates it if there is none, and migrates it to this version.
  ///
  /// - Parameters:
  ///   - path: The path of the database file.
  ///   - failureBounds: The numbers of failed rows that are kept.
  ///   - whenUpgrading: Called before the tables of an earlier version are migrated, because that
  ///     may take long.
  /// - Throws: `.full` or `.held` if the history may become usable without a change, else
  ///   `.unusable`.
  package init(
    path: String, failureBounds: FailureBounds = FailureBounds(), whenUpgrading: () -> Void = {}
  ) throws(HistoryFailure) {
    self.path = path
    self.failureBounds = failureBounds
    do {
      SQLiteWriter.setTemporaryDirectory(beside: path)
      if try SQLiteWriter.exists(path), try SQLiteWriter.isOfEarlierVersion(path) {
        whenUpgrading()
      }
      queue = try DatabaseQueue(path: path, configuration: SQLiteWriter.configuration)
      try SQLiteWriter.prepare(queue)
    } catch {
      throw HistoryFailure(opening: path, error)
    }
  }

  /// The number of seconds to wait for a lock. Another program may hold the database for a moment,
  /// for example a reader that recovers the log of a killed writer (https://sqlite.org/wal.html,
  /// section 8).
  static let patience: Int32 = 10

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(Double(patience))
    configuration.label = "history"
    configuration.prepareDatabase { try WriterTuning.apply(to: $0) }
    return configuration
  }

  /// Returns true if there is a database. An empty file is treated as none, because SQLite creates
  /// one before it writes.
  private static func exists(_ path: String) throws -> Bool {
    guard let status = try FileStatus.of(path: path) else { return false }
    return status.size > 0
  }

  /// Directs SQLite's temporary files to the directory of the history. The sort for a new index can
  /// be as large as the history, and /tmp may be small (https://sqlite.org/tempfiles.html, section
  /// 5).
  private static func setTemporaryDirectory(beside path: String) {
    let directory = FilePath(path).removingLastComponent().string
    setenv("SQLITE_TMPDIR", directory.isEmpty ? "." : directory, 1)
  }

  /// Opens an existing history of this version, also while a receiver runs. It never creates or
  /// migrates a history. Throws `.unusable` if the history does not exist or is of another version,
  /// and the errors of `init(path:)`.
  package convenience init(existing path: String) throws(HistoryFailure) {
    do {
      guard try SQLiteWriter.exists(path) else {
        throw HistoryFailure.unusable(path, why: "does not exist")
      }
      if try SQLiteWriter.isOfEarlierVersion(path) {
        throw HistoryFailure.unusable(
          path,
          why: "was made by an earlier version of xfer; start a receiver of this version first")
      }
    } catch let failure as SystemFailure {
      throw .unusable("\(failure)")
    } catch {
      throw HistoryFailure(opening: path, error)
    }
    try self.init(path: path)
  }

  /// Returns true if the history must be migrated. Throws `.unusable` if the file is not a
  /// history or is of a later version. Uses a read-only connection.
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
        throw HistoryFailure.unusable(
          path, why: "belongs to another program; choose another --data")
      }
      if tables > 0, try HistorySchema.migrator.hasBeenSuperseded(database) {
        throw HistoryFailure.unusable(
          path, why: "was made by a later version of xfer; use that version")
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

  /// Runs a transaction that is on disk when this returns.
  func durably<Value>(
    _ body: (Database) throws -> Value
  ) throws(HistoryFailure) -> Value {
    try transaction(synchronous: "FULL", body)
  }

  /// Runs a transaction that a power loss may undo. Use it only for changes that can be repeated.
  func lazily<Value>(
    _ body: (Database) throws -> Value
  ) throws(HistoryFailure) -> Value {
    try transaction(synchronous: "NORMAL", body)
  }

  private func transaction<Value>(
    synchronous: String, _ body: (Database) throws -> Value
  ) throws(HistoryFailure) -> Value {
    try access { database in
      try database.cachedStatement(sql: "PRAGMA synchronous = \(synchronous)").execute()
      var value: Value?
      try database.inTransaction(.immediate) {
        value = try body(database)
        return .commit
      }
      return value!
    }
  }

  /// The number of milliseconds that a check waits for a lock. Other requests wait for the check.
  private static let checkPatience: Int32 = 1000

  /// Throws if nothing can be written now. Only a write reveals this.
  package func check() throws(HistoryFailure) {
    setPatience(SQLiteWriter.checkPatience)
    defer { setPatience(SQLiteWriter.patience * 1000) }
    try lazily { try $0.execute(sql: "UPDATE total SET transfers = transfers") }
  }

  private func setPatience(_ milliseconds: Int32) {
    queue.inDatabase { _ = sqlite3_busy_timeout($0.sqliteConnection, milliseconds) }
  }

  /// Runs `body` without a transaction of its own. Reads use this instead of `queue.read`, which
  /// forbids writes with a PRAGMA after which SQLite prepares every statement again.
  func access<Value>(
    _ body: (Database) throws -> Value
  ) throws(HistoryFailure) -> Value {
    do {
      return try queue.inDatabase(body)
    } catch {
      throw HistoryFailure(error)
    }
  }

  /// Closes the database.
  package func close() throws(HistoryFailure) {
    do {
      try queue.close()
    } catch {
      throw HistoryFailure(error)
    }
  }
}
