import FoundationEssentials
import GRDB
import XferHistory
import XferProtocol
import XferSystem

// Sets of files.
extension SQLiteWriter {
  /// Keeps a part of the announced files of a set. Of a client that has announced very much, no more
  /// is kept. A power loss may undo this.
  package func announce(_ part: AnnouncedPart) throws(HistoryFailure) {
    let files = part.part.files.compactMap { SQLiteWriter.published($0, below: part.prefix) }
    let list = Announcement(part: part.part.part, files: files)
    let bytes = files.reduce(UInt64(0)) { sum, file in
      let (all, isTooMuch) = sum.addingReportingOverflow(file.size)
      return isTooMuch ? .max : all
    }
    try lazily { database in
      var numbers = SetNumbers()
      guard let number = try numbers.number(of: part.set, from: part.client, in: database)
      else { return }
      guard try announced.admits(part.client, list.list.count, in: database) else { return }
      try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO announced_file VALUES (?, ?, ?, ?, ?)"
      ).execute(arguments: [
        number, Int64(list.part), files.count, Int64(clamping: bytes), Data(list.list),
      ])
    }
  }

  private static func published(
    _ file: Announcement.File, below prefix: FileName?
  ) -> Announcement.File? {
    guard let prefix else { return file }
    return (try? FileName("\(prefix.text)/\(file.name.text)")).map {
      Announcement.File(name: $0, size: file.size)
    }
  }

  /// Adds files that were delivered before to sets. A power loss may undo this.
  package func addMembers(_ members: [SetMembership]) throws(HistoryFailure) {
    try lazily { database in
      var numbers = SetNumbers()
      let insert = try database.cachedStatement(
        sql: """
          INSERT OR IGNORE INTO set_member
            SELECT :number, id FROM transfer
            WHERE transfer_id = :id AND \(HistorySchema.key) = :key AND reason IS NULL
              AND status = 1 AND set_number IS NOT :number
          """)
      for member in members {
        guard let number = try numbers.number(of: member.set, from: member.client, in: database)
        else { continue }
        try insert.execute(arguments: [
          "number": number, "id": member.id.data, "key": member.client.key,
        ])
      }
    }
  }

  /// Returns a set of this client; nil if nothing of it has arrived.
  package func recordedSet(
    _ set: SetReference, of client: Client
  ) throws(HistoryFailure) -> RecordedSet? {
    try access { database in
      guard let number = try SetNumbers.find(set, of: client, in: database) else { return nil }
      return RecordedSet(number: number, receipt: try SQLiteWriter.receipt(ofSet: number, database))
    }
  }

  private static func receipt(ofSet number: Int64, _ database: Database) throws -> SetReceipt? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT * FROM file_set WHERE id = ?"), arguments: [number]
    ).flatMap { SetReceipt(row: $0) }
  }

  /// Completes a set. With `.durable` it is on disk when this returns, with all of its files.
  package func completeSet(
    _ number: Int64, totals: SetTotals, _ durability: Durability
  ) throws(HistoryFailure) -> SetReceipt {
    let body = { (database: Database) -> SetReceipt in
      try database.cachedStatement(
        sql: """
          UPDATE file_set SET completed_at = ?, files = ?, others = ?, bytes = ?, sha256 = ?,
            durability = ?, sequence = (
              SELECT coalesce(max(sequence), 0) + 1 FROM file_set WHERE sequence IS NOT NULL)
          WHERE id = ? AND completed_at IS NULL
          """
      ).execute(arguments: [
        Timestamp.now.microseconds, Int64(totals.files), Int64(totals.others), Int64(totals.bytes),
        totals.digest.data, durability.rawValue, number,
      ])
      try database.cachedStatement(sql: "DELETE FROM announced_file WHERE set_number = ?")
        .execute(arguments: [number])
      guard let receipt = try SQLiteWriter.receipt(ofSet: number, database) else {
        throw HistoryFailure.other("the set \(number) was removed before it was complete")
      }
      return receipt
    }
    return try durability == .durable ? durably(body) : lazily(body)
  }
}
