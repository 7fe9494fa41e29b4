import FoundationEssentials
import GRDB
import XferProtocol
import XferSystem

/// The numbers of sets in one transaction. A set that is new gets its row.
struct SetNumbers {
  /// The number of sets of one client that may stay incomplete. The oldest one is forgotten when
  /// another one begins: its files stay, and belong to no set.
  static let mostOpen = 1000
  /// The number of sets of all clients that may stay incomplete. It is checked now and then.
  private static let mostOpenOfAll = 100_000
  private static let checkEvery: Int64 = 256

  private struct Key: Hashable {
    let id: TransferID
    let owner: String
  }

  /// The number of a set; nil if the set is complete.
  private struct Known {
    let open: Int64?
  }

  private var known: [Key: Known] = [:]

  /// Returns the number of a set; nil if there is none, or if it is complete: no file joins it any
  /// more.
  mutating func number(
    of set: SetReference?, from client: Client, in database: Database
  ) throws -> Int64? {
    guard let set else { return nil }
    let key = Key(id: set.id, owner: client.key)
    if let number = known[key] { return number.open }
    let number = try SetNumbers.openNumber(of: set, from: client, in: database)
    known[key] = Known(open: number)
    return number
  }

  private static func openNumber(
    of set: SetReference, from client: Client, in database: Database
  ) throws -> Int64? {
    guard let number = try find(set, of: client, in: database) else {
      return try begin(set, of: client, in: database)
    }
    let isOpen = try Bool.fetchOne(
      database.cachedStatement(sql: "SELECT completed_at IS NULL FROM file_set WHERE id = ?"),
      arguments: [number])
    return isOpen == true ? number : nil
  }

  /// Returns the number of a set; nil if it has no row.
  static func find(
    _ set: SetReference, of client: Client, in database: Database
  ) throws -> Int64? {
    try Int64.fetchOne(
      database.cachedStatement(
        sql: "SELECT id FROM file_set WHERE set_id = ? AND \(HistorySchema.key) = ?"),
      arguments: [set.id.data, client.key])
  }

  private static func begin(
    _ set: SetReference, of client: Client, in database: Database
  ) throws -> Int64 {
    try database.cachedStatement(
      sql: """
        INSERT INTO file_set (set_id, client_ip, client, name, started_at) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      set.id.data, client.address, client.name, set.name, Timestamp.now.microseconds,
    ])
    let number = database.lastInsertedRowID
    try forgetOldest(of: client, in: database)
    if number % checkEvery == 0 { try forgetOldest(in: database) }
    return number
  }

  private static func forgetOldest(of client: Client, in database: Database) throws {
    let excess = try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM file_set INDEXED BY file_set_open
          WHERE \(HistorySchema.key) = ? AND completed_at IS NULL
          ORDER BY id DESC LIMIT -1 OFFSET ?
          """), arguments: [client.key, mostOpen])
    try remove(excess, from: database)
  }

  private static func forgetOldest(in database: Database) throws {
    let excess = try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM file_set WHERE completed_at IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?
          """), arguments: [mostOpenOfAll])
    try remove(excess, from: database)
  }

  /// Removes sets and their lists. Their files stay.
  static func remove(_ numbers: [Int64], from database: Database) throws {
    for number in numbers {
      for sql in [
        "DELETE FROM file_set WHERE id = ?", "DELETE FROM set_member WHERE set_number = ?",
        "DELETE FROM announced_file WHERE set_number = ?",
      ] {
        try database.cachedStatement(sql: sql).execute(arguments: [number])
      }
    }
  }
}
