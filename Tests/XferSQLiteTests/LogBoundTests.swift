import Foundation
import Synchronization
import Testing
import XferHistory
import XferProtocol

@testable import XferSQLite

/// Readers that work as long as the test does, several at a time, so that there is always one.
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

@Suite("The write-ahead log stays within bounds, whatever readers do", .serialized)
struct LogBoundTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter
  private static let bound: Int64 = 1 << 20

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
    // SQLite's own checkpoints are left out: they do what no reader is in the way of.
    try writer.queue.inDatabase { _ = try Int.fetchOne($0, sql: "PRAGMA wal_autocheckpoint = 0") }
    try write(4000)
  }

  private func write(_ count: Int) throws {
    let transfers = try (0..<count).map { _ in try sealed("many/\(TransferID.random())") }
    let recorded = try writer.record(transfers, .lazy)
    try writer.complete(recorded.map { .published($0, at: .now) }, failures: [])
  }

  /// Writes much more than the bound, and begins the log anew where it is longer.
  private func writeMuch(waiting milliseconds: Int32) throws {
    for _ in 0..<10 {
      try write(1000)
      guard writer.logBytes > LogBoundTests.bound else { continue }
      #expect(try writer.truncateLog(waiting: milliseconds))
      #expect(writer.logBytes == 0)
    }
  }

  @Test("With ordinary readers that overlap", .timeLimit(.minutes(5)))
  func withOrdinaryReadersThatOverlap() async throws {
    try await onThread {
      try OverlappingReaders().run(
        history.path, HistoryFilter(limit: 50, name: "many/*a"), patience: nil
      ) { try writeMuch(waiting: 10_000) }
    }
  }

  @Test("With readers whose questions would take for ever", .timeLimit(.minutes(5)))
  func withReadersWhoseQuestionsWouldTakeForEver() async throws {
    let name = "*[" + String(repeating: "x", count: 1000) + "]"
    try await onThread {
      try OverlappingReaders().run(
        history.path, HistoryFilter(name: name), patience: QuestionPatience(seconds: 1)
      ) { try writeMuch(waiting: 20_000) }
    }
  }

  @Test("A reader that does not end is told of, and holds nothing up for longer than was said")
  func readerThatDoesNotEndIsToldOf() throws {
    let reader = try SQLiteReader(path: history.path)
    try reader.read { database in
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM transfer")
      try write(100)
      #expect(try !writer.truncateLog(waiting: 0))
      try write(100)
    }
    #expect(try writer.truncateLog(waiting: 0))
  }
}
