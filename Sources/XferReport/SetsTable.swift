import FoundationEssentials
import XferProtocol
import XferSystem
import XferText

/// Lays out sets as a table for people, in local time.
package struct SetsTable {
  private static let header = ["started", "client", "set", "files", "size", "status", "id"]
  private static let alignment: [TextTable.Alignment] = [
    .left, .left, .left, .right, .right, .left, .left,
  ]

  /// Returns the lines of the table, with its header.
  package static func lines(_ sets: [SetEntry]) -> [String] {
    TextTable(header: header, alignment: alignment, rows: sets.map(row)).lines()
  }

  private static func row(_ set: SetEntry) -> [String] {
    [
      TimeText.local(set.startedAt), set.client.key, set.set.name, files(set),
      Readable.bytes(set.delivered.bytes), status(set), set.set.id.description,
    ]
  }

  private static func files(_ set: SetEntry) -> String {
    guard set.completedAt == nil, let announced = set.announced else {
      return "\(set.delivered.files)"
    }
    return "\(set.delivered.files) of \(announced.files)"
  }

  private static func status(_ set: SetEntry) -> String {
    guard let completed = set.completedAt else { return "incomplete" }
    return "complete after \(Readable.duration(seconds: completed.seconds - set.startedAt.seconds))"
  }
}

/// A set for programs. The members are those of the JSON object.
package struct SetRecord: Encodable {
  let number: Int64
  let set_id: String
  let name: String
  let client: String?
  let client_ip: String
  let started_at: String
  let completed_at: String?
  let status: String
  let files: UInt64
  let bytes: UInt64
  let announced_files: UInt64?
  let announced_bytes: UInt64?
  let sha256: String?

  /// Describes a set.
  package init(_ set: SetEntry) {
    number = set.number
    set_id = set.set.id.description
    name = set.set.name
    (client, client_ip) = (set.client.name, set.client.address)
    started_at = TimeText.rfc3339(set.startedAt)
    completed_at = set.completedAt.map { TimeText.rfc3339($0) }
    status = set.completedAt == nil ? "incomplete" : "complete"
    (files, bytes) = (set.delivered.files, set.delivered.bytes)
    (announced_files, announced_bytes) = (set.announced?.files, set.announced?.bytes)
    sha256 = set.digest?.description
  }

  /// One line of JSON. Throws encoding errors.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
