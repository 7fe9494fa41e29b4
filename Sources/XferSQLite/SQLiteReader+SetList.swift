import FoundationEssentials
import GRDB
import XferHistory
import XferProtocol
import XferSystem

// The list of sets.
extension SQLiteReader {
  /// The sums of the delivered files of a set that is not complete.
  private static let delivered = """
    SELECT count(*) AS files, CAST(total(size) AS INTEGER) AS bytes FROM (
      SELECT size FROM transfer INDEXED BY transfer_by_set
        WHERE set_number = :number AND set_number IS NOT NULL AND status = 1
      UNION ALL
      SELECT transfer.size FROM set_member JOIN transfer ON transfer.id = set_member.transfer
        WHERE set_member.set_number = :number
    )
    """

  /// Calls `body` with each set that matches, newest first.
  package func sets(_ filter: SetFilter, _ body: (SetEntry) throws -> Void) throws {
    guard try read(HistorySchema.hasSets) else { return }
    var (left, last) = (filter.limit == 0 ? Int.max : Int(filter.limit), Int64.max)
    while left > 0 {
      let page = try read { try SQLiteReader.page(filter, before: last, limit: min(left, 100), $0) }
      guard let next = page.last?.number else { return }
      (left, last) = (left - page.count, next)
      for entry in page { try body(entry) }
    }
  }

  private static func page(
    _ filter: SetFilter, before last: Int64, limit: Int, _ database: Database
  ) throws -> [SetEntry] {
    var conditions = HistoryConditions("id < ?", values: last)
    if let client = filter.client {
      conditions.add("\(Owner.Kind(of: client).column) = ?", values: [client])
    }
    switch filter.status {
    case .all: break
    case .complete: conditions.add("completed_at IS NOT NULL", values: [])
    case .incomplete: conditions.add("completed_at IS NULL", values: [])
    }
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT * FROM file_set WHERE \(conditions.sql) ORDER BY id DESC LIMIT ?"),
      arguments: conditions.arguments + [limit])
    return try rows.compactMap { try entry($0, database) }
  }

  /// Returns a set; nil if there is none: see `HistoryReader.set`.
  package func set(_ text: String, of owner: String?) throws -> SetEntry? {
    try read { database in
      guard try HistorySchema.hasSets(database) else { return nil }
      return try SQLiteReader.find(text, of: owner, database).flatMap {
        try SQLiteReader.entry($0, database)
      }
    }
  }

  private static func find(_ text: String, of owner: String?, _ database: Database) throws -> Row? {
    var choices: [(String, StatementArguments)] = []
    if let id = TransferID(hex: text) { choices.append(("set_id = ?", [id.data])) }
    if let number = Int64(text) { choices.append(("id = ?", [number])) }
    choices.append(("name = ?", [text]))
    for (condition, arguments) in choices {
      let isOwn = owner == nil ? "" : " AND \(HistorySchema.key) = ?"
      let row = try Row.fetchOne(
        database.cachedStatement(
          sql: "SELECT * FROM file_set WHERE \(condition)\(isOwn) ORDER BY id DESC LIMIT 1"),
        arguments: arguments + (owner.map { [$0] } ?? []))
      if let row { return row }
    }
    return nil
  }

  static func entry(_ row: Row, _ database: Database) throws -> SetEntry? {
    guard let set = SetReference(row: row) else { return nil }
    let receipt = SetReceipt(row: row)
    return SetEntry(
      number: row["id"], set: set, client: row.client, startedAt: row.timestamp("started_at"),
      completedAt: receipt?.completedAt,
      delivered: try receipt.map(SetEntry.Count.init) ?? delivered(row["id"], database),
      announced: try announced(row["id"], database), digest: receipt?.totals.digest)
  }

  private static func delivered(_ number: Int64, _ database: Database) throws -> SetEntry.Count {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: delivered), arguments: ["number": number])
    return SetEntry.Count(
      files: UInt64(row?["files"] as Int64? ?? 0), bytes: UInt64(row?["bytes"] as Int64? ?? 0))
  }

  private static func announced(_ number: Int64, _ database: Database) throws -> SetEntry.Count? {
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT sum(files) AS files, CAST(total(bytes) AS INTEGER) AS bytes FROM announced_file
          WHERE set_number = ?
          """), arguments: [number])
    guard let files = row?["files"] as Int64?, let bytes = row?["bytes"] as Int64? else {
      return nil
    }
    return SetEntry.Count(files: UInt64(files), bytes: UInt64(bytes))
  }
}

extension SetEntry.Count {
  fileprivate init(_ receipt: SetReceipt) {
    self.init(files: receipt.totals.files + receipt.totals.others, bytes: receipt.totals.bytes)
  }
}
