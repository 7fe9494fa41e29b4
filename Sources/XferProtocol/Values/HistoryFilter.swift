import XferSystem

/// Selects rows of the history. They are returned newest first.
package struct HistoryFilter: Equatable, Sendable {
  /// Selects rows by their status. The numbers cross the wire.
  package enum Status: UInt8, Sendable, CaseIterable {
    case completed = 1
    case failed = 2
    case all = 3
  }

  /// The maximum number of rows; 0 means all.
  package var limit: UInt32
  /// Selects transfers that ended at or after this moment.
  package var since: Timestamp?
  /// Selects transfers that ended before this moment.
  package var until: Timestamp?
  /// Selects the transfers of one client: by its address if this is an IP address, identified or
  /// not, else by its name.
  package var client: String?
  /// A pattern of SQLite's GLOB: `*`, `?`, `[a-z]`.
  package var name: String?
  /// Selects completed transfers, failed ones, or all.
  package var status: Status

  /// The defaults select all rows.
  package init(
    limit: UInt32 = 0, since: Timestamp? = nil, until: Timestamp? = nil, client: String? = nil,
    name: String? = nil, status: Status = .all
  ) {
    self.limit = limit
    self.since = since
    self.until = until
    self.client = client
    self.name = name
    self.status = status
  }
}

extension HistoryFilter {
  func encode(into writer: inout WireWriter) {
    writer.write(limit)
    writer.write(since?.microseconds ?? .min)
    writer.write(until?.microseconds ?? .max)
    writer.write(client ?? "")
    writer.write(name ?? "")
    writer.write(status.rawValue)
  }

  init(from reader: inout WireReader) throws(WireError) {
    self.init(limit: try reader.uint32())
    let (since, until) = (try reader.int64(), try reader.int64())
    self.since = since == .min ? nil : Timestamp(microseconds: since)
    self.until = until == .max ? nil : Timestamp(microseconds: until)
    let (client, name) = (try reader.string(), try reader.string())
    self.client = client.isEmpty ? nil : client
    self.name = name.isEmpty ? nil : name
    status = try reader.value("status")
  }
}
