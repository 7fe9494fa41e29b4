import GRDB
import XferProtocol
import XferSystem

/// Asks the history, and never changes it. Any number of readers may work beside the writer.
public final class HistoryReader: Sendable {
  private let queue: DatabaseQueue
  private let clock: QuestionClock?

  /// Throws `HistoryUnusable` where there is no history. Without `patience` a question may take as long as it
  /// takes.
  public init(path: String, patience: QuestionPatience? = nil) throws {
    let clock = patience.map(QuestionClock.init)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { clock?.install(on: $0) }
    self.clock = clock
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let mark = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
      guard mark == HistorySchema.applicationID else {
        throw HistoryUnusable(path, "is not a history of xfer")
      }
    } catch let unusable as HistoryUnusable {
      throw unusable
    } catch {
      throw HistoryUnusable(path, error)
    }
  }

  /// Gives each matching row to `body`, newest first, without holding them all. What is added
  /// meanwhile is newer than the first and not among them. Throws `HistoryFilter.Unanswerable` and
  /// `QuestionBrokenOff`.
  public func entries(_ filter: HistoryFilter, _ body: (HistoryEntry) throws -> Void) throws {
    var pages = try HistoryPages(filter)
    while let page = try pages.next(from: self) {
      for entry in page { try body(entry) }
    }
  }

  public func entries(_ filter: HistoryFilter) throws -> [HistoryEntry] {
    var list: [HistoryEntry] = []
    try entries(filter) { list.append($0) }
    return list
  }

  /// Whether what was delivered last under the name of a delivery was this, or another of the same content.
  public func isLatest(_ entry: HistoryEntry) throws -> Bool {
    try read { database in
      try LatestDelivery(of: entry.name, since: entry.id, database)?.is(entry.id, entry.digest)
        ?? false
    }
  }

  func copyHistory(to copy: DatabaseQueue) throws { try queue.backup(to: copy) }

  public func summary(now: Timestamp = .now) throws -> HistorySummary {
    try read { try HistorySummary(database: $0, now: now) }
  }

  /// Blocks the calling thread.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    clock?.start(QuestionWork())
    do {
      return try queue.read(body)
    } catch {
      throw clock?.translated(error) ?? error
    }
  }

  /// One of the transactions of a question; nil where it was broken off as it had been open for long enough.
  func slice<Value>(
    _ work: inout QuestionWork, _ reach: inout HistoryReach, _ asker: (@Sendable () -> Asker)?,
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
