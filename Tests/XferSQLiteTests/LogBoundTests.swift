import Foundation
import Synchronization
import Testing
import XferHistory
import XferProtocol

@testable import XferSQLite

/// Several readers that run for the whole test, so that one is always active.
private final class OverlappingReaders: Sendable {
  private let isOver = Atomic(false)
  private let pages = Atomic(0)

  func run(
    _ path: String, _ filter: HistoryFilter, patience: QuestionPatience?,
    while body: () throws -> Void
  ) throws {
    let readers = DispatchGroup()
    for _ in 0..<3 {
      readers.enter()
      Thread {
        self.read(path, filter, patience)
        readers.leave()
      }.start()
    }
    defer {
      isOver.store(true, ordering: .relaxed)
      readers.wait()
    }
    while pages.load(ordering: .relaxed) == 0 { usleep(1000) }
    try body()
  }

  private func read(_ path: String, _ filter: HistoryFilter, _ patience: QuestionPatience?) {
    guard let reader = try? SQLiteReader(path: path, patience: patience) else { return }
    while !isOver.load(ordering: .relaxed) {
      _ = try? reader.entries(filter)
      pages.add(1, ordering: .relaxed)
    }
  }
}

@Suite("The write-ahead log is bounded while readers are active", .serialized)
struct LogBoundTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter
  private static let bound: Int64 = 1 << 20

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
    // SQLite's own checkpoints are off because they could hide a missing restart of the log.
    try writer.queue.inDatabase { _ = try Int.fetchOne($0, sql: "PRAGMA wal_autocheckpoint = 0") }
    try write(4000)
  }

  private func write(_ count: Int) throws {
    let transfers = try (0..<count).map { _ in try sealed("many/\(TransferID.random())") }
    let recorded = try writer.record(transfers, .lazy)
    try writer.complete(recorded.map { .published($0, at: .now) }, failures: [])
  }

  /// Writes much more than the bound, and truncates the log whenever it exceeds the bound.
  private func writeMuch(waiting milliseconds: Int64) throws {
    for _ in 0..<10 {
      try write(1000)
      guard writer.logBytes > LogBoundTests.bound else { continue }
      #expect(try writer.truncateLog(waiting: .milliseconds(milliseconds)))
      #expect(writer.logBytes == 0)
    }
  }

  @Test("The write-ahead log is truncated under overlapping readers", .timeLimit(.minutes(20)))
  func logIsTruncatedUnderOverlappingReaders() async throws {
    try await onThread {
      try OverlappingReaders().run(
        history.path, HistoryFilter(limit: 50, name: "many/*a"), patience: nil
      ) { try writeMuch(waiting: 10_000) }
    }
  }

  @Test(
    "The write-ahead log is truncated under readers with endless queries", .timeLimit(.minutes(20)))
  func logIsTruncatedUnderEndlessQueries() async throws {
    let name = "*[" + String(repeating: "x", count: 1000) + "]"
    try await onThread {
      try OverlappingReaders().run(
        history.path, HistoryFilter(name: name), patience: QuestionPatience(seconds: 1)
      ) { try writeMuch(waiting: 20_000) }
    }
  }

  @Test("The write-ahead log is not truncated while a reader is open, and writes continue")
  func openReaderPreventsTruncation() throws {
    let reader = try SQLiteReader(path: history.path)
    try reader.read { database in
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM transfer")
      try write(100)
      #expect(try !writer.truncateLog(waiting: .zero))
      try write(100)
    }
    #expect(try writer.truncateLog(waiting: .zero))
  }
}
