import FoundationEssentials
import GRDB
import XferHistory
import XferProtocol
import XferSystem

// Sets of files.
extension SQLiteReader {
  /// The ids of the delivered files of a set, sorted by name. Of a name that was delivered several
  /// times, the last delivery counts.
  private static let members = """
    SELECT max(id) AS id FROM (
      SELECT id, name FROM transfer INDEXED BY transfer_by_set
        WHERE set_number = :number AND set_number IS NOT NULL AND status = 1
      UNION ALL
      SELECT transfer.id, transfer.name FROM set_member
        JOIN transfer ON transfer.id = set_member.transfer
        WHERE set_member.set_number = :number
    ) GROUP BY name ORDER BY name
    """

  /// Returns the sums of the files of a set that are delivered now.
  package func totals(ofSet number: Int64) throws -> SetTotals {
    var sums = SetSums()
    try members(ofSet: number) { sums.add($0) }
    return sums.totals
  }

  /// Calls `body` with each delivered file of a set, sorted by name.
  package func members(ofSet number: Int64, _ body: (SetMember) throws -> Void) throws {
    // The ids are read first: a transaction that stayed open while a client reads slowly would keep
    // SQLite from reusing the write-ahead log.
    let ids = try read { database in
      try Int64.fetchAll(
        database.cachedStatement(sql: SQLiteReader.members), arguments: ["number": number])
    }
    var rest = ids[...]
    while !rest.isEmpty {
      for member in try page(rest.prefix(1000)) { try body(member) }
      rest = rest.dropFirst(1000)
    }
  }

  private func page(_ ids: some Sequence<Int64>) throws -> [SetMember] {
    try read { database in
      let row = try database.cachedStatement(sql: "SELECT * FROM transfer WHERE id = ?")
      return try ids.compactMap { id in
        try Row.fetchOne(row, arguments: [id]).flatMap { SetMember(row: $0) }
      }
    }
  }

  /// Calls `body` with each file of a set that was announced or offered and is not delivered.
  package func missing(ofSet number: Int64, _ body: (SetMember) throws -> Void) throws {
    var left: [FileName: SetMember] = [:]
    for file in try announced(number) {
      left[file.name] = SetMember(
        name: file.name, kind: .file, size: file.size, digest: nil, missing: "it was not offered")
    }
    for (member, why) in try failures(number) {
      left[member.name] = SetMember(
        name: member.name, kind: member.kind, size: member.size, digest: nil, missing: why)
    }
    try members(ofSet: number) { left[$0.name] = nil }
    for member in left.values.sorted(by: { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) })
    {
      try body(member)
    }
  }

  private func announced(_ number: Int64) throws -> [Announcement.File] {
    let lists = try read { database in
      try Data.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT names FROM announced_file
            WHERE set_number = ? AND names IS NOT NULL ORDER BY part
            """), arguments: [number])
    }
    return lists.flatMap { Announcement.files(Array($0)) }
  }

  private func failures(_ number: Int64) throws -> [(SetMember, String)] {
    try read { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT * FROM transfer INDEXED BY transfer_by_set
            WHERE set_number = ? AND set_number IS NOT NULL AND status = 2 ORDER BY id
            """), arguments: [number]
      ).compactMap { row in
        let reason: String = row["reason"] ?? "failed"
        let detail = PeerText.sanitized(row["detail"] ?? "")
        return SetMember(row: row).map { ($0, detail.isEmpty ? reason : "\(detail) (\(reason))") }
      }
    }
  }
}
