import GRDB
import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The one writer of the history, owned by the recorder. Each method is one transaction.
public final class HistoryWriter {
  let queue: DatabaseQueue

  /// Opens the history or begins it; throws `HistoryUnusable`. Makes the tables of this version;
  /// `whenUpgrading` is called before that where there are tables of an earlier one, as it may take long.
  public init(path: String, whenUpgrading: () -> Void = {}) throws {
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

  /// Another program may hold the database for a moment, as a reader does that mends what a killed
  /// writer left (https://sqlite.org/wal.html, section 8).
  private static let patience = Database.BusyMode.timeout(10)

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = patience
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

  /// Looks whether the file is a history, through a handle that cannot change it; true where it must be
  /// upgraded.
  private static func isOfEarlierVersion(_ path: String) throws -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = patience
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

  /// Throws where nothing can be written now: only who writes knows.
  public func check() throws {
    try lazily { try $0.execute(sql: "UPDATE total SET transfers = transfers") }
  }

  /// Whether an error means that the disk, or the quota, is full: SQLite tells EDQUOT as a failed
  /// write.
  public func isFull(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_WRITE
  }

  /// Whether another program holds the database: nothing was written.
  public func isHeld(_ error: any Error) -> Bool {
    let result = (error as? DatabaseError)?.resultCode
    return result == .SQLITE_BUSY || result == .SQLITE_LOCKED
  }

  /// Whether the same may go well later: there will be room, or nobody else will hold the database.
  public func isPassing(_ error: any Error) -> Bool { isFull(error) || isHeld(error) }

  /// Whether it cannot be told what has been written: who opens the database next will know.
  public func isUncertain(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_IOERR && !isFull(error)
  }

  /// Not `queue.read`: that forbids writing by a PRAGMA, after which SQLite prepares every statement
  /// anew.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.inDatabase(body)
  }

  public func close() throws { try queue.close() }
}
