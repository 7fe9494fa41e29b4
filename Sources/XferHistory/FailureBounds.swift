import GRDB

/// The numbers of rows of failures that are kept. Any peer can fail under ever-new names, each of which
/// makes a row: so a failure beyond a bound takes the place of the oldest one, and the file of the history
/// grows no more. The totals count what ever was, and stay.
public struct FailureBounds: Sendable {
  /// Of one client address. The rows take some 5 MB, and 140 MB where names and sentences are as long as
  /// they can be.
  public var ofClient: Int64 = 10_000
  /// Of all clients together, as addresses are cheap: those of a hundred clients at their bound.
  public var ofAll: Int64 = 1_000_000

  public init() {}
}

extension FailureBounds {
  /// Removes what is beyond, where a transaction has added failures. What an earlier version left beyond goes
  /// little by little, so that no transaction becomes long.
  func apply(_ added: [String: Int64], to database: Database) throws {
    for (client, count) in added {
      let excess = try excess(of: client, ofClient, after: count, database)
      if excess > 0 {
        try HistoryWriter.remove(oldest(of: client, excess, database), from: database)
      }
    }
    let count = added.values.reduce(0, +)
    let excess =
      count > 0 ? try excess(of: HistorySchema.allClients, ofAll, after: count, database) : 0
    if excess > 0 { try HistoryWriter.remove(oldest(excess, database), from: database) }
  }

  private func excess(
    of client: String, _ bound: Int64, after added: Int64, _ database: Database
  ) throws -> Int64 {
    let rows = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT rows FROM failed_rows WHERE client_ip = ?"),
      arguments: [client])
    return min((rows ?? 0) - bound, 2 * added)
  }

  /// A failure of a kind makes its row anew, so that the oldest rows have the least ids. The newest of all
  /// stays, so that ids go on growing.
  private func oldest(
    of client: String, _ count: Int64, _ database: Database
  ) throws -> [Int64] {
    try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM transfer INDEXED BY transfer_failed_by_client
          WHERE client_ip = ? AND status = 2 AND id < (SELECT max(id) FROM transfer)
          ORDER BY id LIMIT ?
          """), arguments: [client, count])
  }

  private func oldest(_ count: Int64, _ database: Database) throws -> [Int64] {
    try Int64.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id FROM transfer INDEXED BY transfer_failed_by_time
          WHERE status = 2 AND id < (SELECT max(id) FROM transfer) ORDER BY finished_at LIMIT ?
          """), arguments: [count])
  }
}
