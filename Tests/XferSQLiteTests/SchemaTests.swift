import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSQLite

/// The promises of docs/operations.md to programs that read the database directly.
@Suite("Other programs can read the database")
struct SchemaTests {
  private let history: TemporaryHistory

  init() throws {
    history = try TemporaryHistory()
    let writer = try history.writer()
    let id = try #require(TransferID(hex: "000102030405060708090a0b0c0d0e0f"))
    try writer.deliver(try sealed("a", id: id, size: 10), at: second(100))
    try writer.complete([], failures: [failed("f")])
    _ = try writer.record([try sealed("recorded")], .durable)
    try writer.close()
  }

  private func fetch<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseQueue(path: history.path).read(body)
  }

  @Test("The SQL view has the columns of the JSON members, and finished rows only")
  func viewHasColumnsOfJSON() throws {
    let rows = try fetch { try Row.fetchAll($0, sql: "SELECT * FROM history ORDER BY id") }
    #expect(rows.map { $0["name"] as String } == ["a", "f"])
    let names: Set = [
      "id", "transfer_id", "client_ip", "name", "size", "resumed_at", "started_at", "finished_at",
      "duration_seconds", "bytes_per_second", "status", "reason", "detail", "sha256", "protocol",
      "attempts", "first_finished_at", "client", "kind", "mode", "modified_at", "target",
      "set_number",
    ]
    #expect(Set(try #require(rows.first).columnNames) == names)
  }

  @Test("The SQL view shows ids, times and statuses as readable text")
  func viewFormatsValuesAsText() throws {
    let row = try #require(try fetch { try Row.fetchOne($0, sql: "SELECT * FROM history") })
    #expect(row["transfer_id"] == "000102030405060708090a0b0c0d0e0f")
    #expect(row["started_at"] == "2023-11-14T22:14:59.000Z")
    #expect(row["finished_at"] == "2023-11-14T22:15:00.000Z")
    #expect(row["duration_seconds"] == 1.0)
    #expect(row["bytes_per_second"] == 10.0)
    #expect(row["status"] == "completed")
    #expect(row["sha256"] == String(repeating: "07", count: 32))
    #expect(row["protocol"] == "native")
  }

  @Test("A failed row of the SQL view has no digest and no rate")
  func failedRowHasNoDigestOrRate() throws {
    let sql = "SELECT * FROM history WHERE status = 'failed'"
    let row = try #require(try fetch { try Row.fetchOne($0, sql: sql) })
    #expect(row["reason"] == "corrupt")
    #expect((row["sha256"] as String?) == nil)
    #expect((row["bytes_per_second"] as Double?) == nil)
    #expect(row["protocol"] == "classic")
  }

  @Test("The database has the application id of xfer and is in WAL mode")
  func databaseHasApplicationID() throws {
    #expect(try fetch { try Int.fetchOne($0, sql: "PRAGMA application_id") } == 0x7866_6572)
    #expect(try fetch { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
  }
}
