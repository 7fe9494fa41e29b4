import GRDB
import Testing

@testable import XferRecorder
@testable import XferSQLite

@Suite("The length of the write-ahead log")
struct LogBoundTests {
  private let rig: RecorderRig

  init() throws { rig = try RecorderRig(durability: .lazy) }

  /// Makes the log so many MiB longer. SQLite does not restart it meanwhile.
  private func lengthen(by count: Int) throws {
    try rig.history.queue.inDatabase { database in
      _ = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = 0")
      _ = try Int.fetchOne(database, sql: "PRAGMA synchronous = OFF")
      try database.execute(sql: "CREATE TABLE IF NOT EXISTS filling (content BLOB)")
      for _ in 0..<count {
        try database.execute(sql: "INSERT INTO filling VALUES (zeroblob(1 << 20))")
      }
    }
  }

  @Test("A log of more than 64 MiB is truncated")
  func longLogIsTruncated() throws {
    try lengthen(by: 65)
    #expect(rig.history.logBytes > 64 << 20)
    var bound = LogBound()
    bound.check(rig.context)
    #expect(rig.history.logBytes == 0)
  }

  @Test("A shorter log is left to SQLite")
  func shortLogIsLeft() throws {
    try lengthen(by: 2)
    let bytes = rig.history.logBytes
    var bound = LogBound()
    bound.check(rig.context)
    #expect(bytes > 2 << 20 && rig.history.logBytes == bytes)
  }
}
