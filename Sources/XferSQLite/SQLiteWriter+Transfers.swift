import FoundationEssentials
import GRDB
import XferHistory
import XferProtocol
import XferSystem

// The rows of transfers, from recorded to completed.
extension SQLiteWriter {
  /// Returns the identity of the directory that holds the files of recorded rows; nil if none is
  /// stored.
  package func home() throws(HistoryFailure) -> FileIdentity? {
    try access { try Row.fetchOne($0, sql: "SELECT * FROM home").flatMap(\.fileIdentity) }
  }

  /// Stores the identity of the directory that holds the files of recorded rows. It is on disk when
  /// this returns. Call it only if no recorded row names a file in another directory.
  package func setHome(_ home: FileIdentity) throws(HistoryFailure) {
    try durably { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO home VALUES (1, ?, ?)",
        arguments: [Int64(bitPattern: home.inode), home.born])
    }
  }

  /// Returns the recorded rows, the files of which may not have been published. A recorder reads
  /// them when it starts.
  package func unpublished() throws(HistoryFailure) -> [RecordedTransfer] {
    try access { database in
      try Row.fetchAll(database, sql: "SELECT * FROM transfer WHERE status = 0")
        .compactMap(RecordedTransfer.init)
    }
  }

  /// Inserts a recorded row for each sealed transfer. With `.durable` the rows are on disk when
  /// this returns. `file` is nil for a transfer without content.
  ///
  /// Returns the recorded transfers in the same order. An element is nil if its client has already
  /// used the id, for example because the transfer was delivered before.
  package func record(
    _ transfers: [(sealed: SealedTransfer, file: FileIdentity?)], _ durability: Durability
  ) throws(HistoryFailure) -> [RecordedTransfer?] {
    let body = { (database: Database) in
      var numbers = SetNumbers()
      return try transfers.map { transfer, file in
        let number = try numbers.number(of: transfer.set, from: transfer.client, in: database)
        return try SQLiteWriter.insert(
          transfer, file: file, set: number, durability, into: database)
      }
    }
    return try durability == .durable ? durably(body) : lazily(body)
  }

  /// Returns nil if the client has already used the id.
  private static func insert(
    _ transfer: SealedTransfer, file: FileIdentity?, set: Int64?, _ durability: Durability,
    into database: Database
  ) throws -> RecordedTransfer? {
    let properties = transfer.properties
    let startedAt = transfer.startedAt.microseconds
    try database.cachedStatement(
      sql: """
        INSERT INTO transfer
          (transfer_id, client_ip, name, size, resumed_at, started_at, finished_at, status,
           protocol, sha256, durability, inode, inode_born, client, kind, mode, modified_at, target,
           set_number)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (transfer_id, \(HistorySchema.key)) WHERE reason IS NULL DO NOTHING
        """
    ).execute(arguments: [
      transfer.id.data, transfer.client.address, transfer.name.text, Int64(transfer.size),
      Int64(transfer.resumedAt), startedAt, startedAt, transfer.wire.rawValue,
      transfer.digest?.data, durability.rawValue, file.map { Int64(bitPattern: $0.inode) },
      file?.born, transfer.client.name, properties.kind.number, properties.mode.map { Int64($0) },
      properties.modified, properties.kind.target, set,
    ])
    guard database.changesCount == 1 else { return nil }
    return RecordedTransfer(
      row: database.lastInsertedRowID, transfer: transfer, file: file, durability: durability)
  }

  /// Completes recorded rows, adds failures, and counts both in the totals.
  ///
  /// A power loss may undo this transaction. The next start then finds the rows recorded and the
  /// files published, and completes them again. The exception is a recorded row that failed,
  /// because its file is removed afterwards: a row that became recorded again would be treated as
  /// the row of a published file. With such a row the transaction is on disk when this returns.
  package func complete(
    _ publications: [Publication], failures: [FailedTransfer]
  ) throws(HistoryFailure) {
    let body = { (database: Database) in
      var sums = TotalsChange()
      for publication in publications {
        try SQLiteWriter.write(publication, to: database, sums: &sums)
      }
      for failure in failures {
        try SQLiteWriter.write(failure, to: database, sums: &sums)
      }
      try sums.apply(to: database)
      try self.failureBounds.apply(sums.failuresByOwner, to: database)
    }
    let hasFailed = publications.contains { if case .failed = $0 { true } else { false } }
    try hasFailed ? durably(body) : lazily(body)
  }

  /// Makes every row that can be read durable, by a checkpoint with `synchronous = FULL`.
  ///
  /// An earlier writer may have died before its fsync, or because the fsync failed. After a failed
  /// fsync the page cache may differ from the disk.
  package func secure() throws(HistoryFailure) {
    try access { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      _ = try database.checkpoint(.passive)
    }
  }

  private static func write(
    _ publication: Publication, to database: Database, sums: inout TotalsChange
  ) throws {
    switch publication {
    case .published(let recorded, let moment):
      try database.cachedStatement(
        sql: """
          UPDATE transfer SET status = 1, finished_at = ?, inode = NULL, inode_born = NULL
          WHERE id = ? AND status = 0
          """
      ).execute(arguments: [moment.microseconds, recorded.row])
      guard database.changesCount == 1 else { return }
      let transfer = recorded.transfer
      sums.count(
        row: recorded.row, client: transfer.client, bytes: Int64(transfer.size), at: moment)
    case .failed(let recorded, let refusal):
      try fail(recorded, with: refusal, in: database, sums: &sums)
    }
  }
}
