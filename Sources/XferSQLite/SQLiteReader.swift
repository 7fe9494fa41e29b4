import GRDB
import XferHistory
import XferProtocol
import XferSystem

/// Reads the history and never changes it. Any number of readers may work beside the writer.
package final class SQLiteReader: Sendable {
  private let queue: DatabaseQueue
  private let clock: QuestionClock?

  /// Opens the history read-only. Throws `.full`, `.held` or `.unusable` if it cannot be opened or
  /// is not a history. Without `patience` the time of a query is not bounded.
  package init(path: String, patience: QuestionPatience? = nil) throws(HistoryFailure) {
    let clock = patience.map(QuestionClock.init)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase {
      clock?.install(on: $0)
      // A process that reads for others may create no file.
      try $0.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    self.clock = clock
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let mark = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
      guard mark == HistorySchema.applicationID else {
        throw HistoryFailure.unusable(path, why: "is not a history of xfer")
      }
    } catch {
      throw HistoryFailure(opening: path, error)
    }
  }

  /// Returns true if this delivery, or another one with the same content, is the last one under its
  /// name.
  package func isLatest(_ entry: HistoryEntry) throws -> Bool {
    try read { database in
      try LatestDelivery(of: entry.name, since: entry.id, database)?.is(
        entry.id, digest: entry.digest)
        ?? false
    }
  }

  /// Copies all pages of the database into another one.
  func copyHistory(to copy: DatabaseQueue) throws { try queue.backup(to: copy) }

  /// Returns the figures of the stats page. `now` is the end of the last minute and the last hour.
  package func summary(now: Timestamp) throws -> HistorySummary {
    try read { try HistorySummary(database: $0, now: now) }
  }

  /// Runs one transaction with the full time of a query. Blocks the calling thread.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    clock?.start(QuestionWork())
    do {
      return try queue.read(body)
    } catch {
      throw clock?.translated(error) ?? error
    }
  }

  /// Runs one of the transactions of a query. Returns nil if the transaction was interrupted
  /// because it had been open for `QuestionClock.slice`.
  func slice<Value>(
    work: inout QuestionWork, reach: inout HistoryReach, asker: (@Sendable () -> Asker)?,
    _ body: (Database) throws -> Value
  ) throws -> Value? {
    guard let clock else { return try queue.read(body) }
    clock.start(work, asker: asker, slice: QuestionClock.slice)
    defer { work.add(clock.spent.work) }
    do {
      let value = try queue.read(body)
      reach.adapt(to: clock.spent.time)
      return value
    } catch {
      if let error = clock.translated(error) { throw error }
      reach.shorten()
      return nil
    }
  }
}
