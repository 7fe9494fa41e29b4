import FoundationEssentials
import GRDB
import XferProtocol
import XferSystem

/// A row whose file waits to be published.
public struct RecordedTransfer: Sendable {
  public let row: Int64
  public let transfer: SealedTransfer
  /// Its file, in `incoming/` or under its name; nil where an earlier version recorded it.
  public let file: FileIdentity?
  public let durability: Durability
}

/// What became of a recorded file.
public enum Publication: Sendable {
  case published(RecordedTransfer, at: Timestamp)
  /// It could not get its name after all.
  case failed(RecordedTransfer, Refusal)
}

extension HistoryWriter {
  /// The directory in which the files of recorded rows are; nil where none is noted.
  public func home() throws -> FileIdentity? {
    try read { try Row.fetchOne($0, sql: "SELECT * FROM home").flatMap(\.fileIdentity) }
  }

  /// Notes it. Only where no recorded row names a file of another.
  public func setHome(_ home: FileIdentity) throws {
    try durably { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO home VALUES (1, ?, ?)",
        arguments: [Int64(bitPattern: home.inode), home.born])
    }
  }

  /// The rows whose files may not have been published, as a start finds them.
  public func unpublished() throws -> [RecordedTransfer] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM transfer WHERE status = 0")
        .compactMap(RecordedTransfer.init)
    }
  }

  /// Writes a row for each sealed transfer, on disk when this returns. Returns them with their rows,
  /// in the same order; nil for one whose id this client has used already, as it was delivered
  /// before.
  public func record(
    _ transfers: [(sealed: SealedTransfer, file: FileIdentity)], _ durability: Durability
  ) throws -> [RecordedTransfer?] {
    let body = { (database: Database) in
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO transfer
            (transfer_id, client_ip, name, size, resumed_at, started_at, finished_at, status,
             protocol, sha256, durability, inode, inode_born)
          VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
          ON CONFLICT (transfer_id, client_ip) WHERE reason IS NULL DO NOTHING
          """)
      return try transfers.map { transfer, file -> RecordedTransfer? in
        try insert.execute(arguments: [
          transfer.id.data, transfer.clientIP, transfer.name.text, Int64(transfer.size),
          Int64(transfer.resumedAt), transfer.startedAt.microseconds,
          transfer.startedAt.microseconds, transfer.wire.rawValue,
          transfer.digest?.data, durability.rawValue,
          Int64(bitPattern: file.inode), file.born,
        ])
        guard database.changesCount == 1 else { return nil }
        return RecordedTransfer(
          row: database.lastInsertedRowID, transfer: transfer, file: file, durability: durability)
      }
    }
    return try durability == .durable ? durably(body) : lazily(body)
  }

  /// Turns recorded rows into history, adds failures to it, and counts both. A loss of power may undo
  /// this: the next start finds the rows recorded and the files published, and does it again. Not so
  /// where a recorded row failed: its file goes afterwards, and a row that came back would be taken for one
  /// whose file had its name. So that is on the disk when this returns.
  public func complete(_ publications: [Publication], failures: [FailedTransfer]) throws {
    let body = { (database: Database) in
      var sums = TotalsChange()
      for publication in publications {
        try HistoryWriter.write(publication, to: database, &sums)
      }
      for failure in failures { try HistoryWriter.write(failure, to: database, &sums) }
      try sums.apply(to: database)
      try self.failureBounds.apply(sums.failuresByClient, to: database)
    }
    let hasFailed = publications.contains { if case .failed = $0 { true } else { false } }
    try hasFailed ? durably(body) : lazily(body)
  }

  /// Makes durable what can be read. An earlier writer may have died before its sync, or by an error of it,
  /// after which what is in the cache is not what is on the disk.
  public func secure() throws {
    try queue.inDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      _ = try database.checkpoint(.passive)
    }
  }

  private static func write(
    _ publication: Publication, to database: Database, _ sums: inout TotalsChange
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
        row: recorded.row, client: transfer.clientIP, bytes: Int64(transfer.size), at: moment)
    case .failed(let recorded, let refusal):
      try fail(recorded, refusal, database, &sums)
    }
  }
}
