/// The selection of sets for a question.
package struct SetFilter: Equatable, Sendable {
  /// The status of a set.
  package enum Status: UInt8, CaseIterable, Sendable {
    case complete = 1
    case incomplete = 2
    case all = 3
  }

  /// The maximum number of sets; 0 is no limit.
  package var limit: UInt32
  /// The name or the address of a client; nil for all.
  package var client: String?
  /// The status.
  package var status: Status

  /// Creates a filter. Without arguments it selects all sets.
  package init(limit: UInt32 = 0, client: String? = nil, status: Status = .all) {
    self.limit = limit
    self.client = client
    self.status = status
  }

  func encode(into writer: inout WireWriter) {
    writer.write(limit)
    writer.write(client ?? "")
    writer.write(status.rawValue)
  }

  init(from reader: inout WireReader) throws(WireError) {
    limit = try reader.uint32()
    let text = try reader.peerText()
    client = text.isEmpty ? nil : text
    status = try reader.value("status of sets")
  }
}

/// The question for the files of one set.
package struct SetQuestion: Equatable, Sendable {
  /// The id of the set in hexadecimal digits, its number, or the name of which it is the newest.
  package let set: String
  /// True if the missing files are wanted, false if the delivered ones are.
  package let asksForMissing: Bool

  /// Creates a question.
  package init(set: String, asksForMissing: Bool) {
    self.set = set
    self.asksForMissing = asksForMissing
  }

  func encode(into writer: inout WireWriter) {
    writer.write(set)
    writer.write(asksForMissing)
  }

  init(from reader: inout WireReader) throws(WireError) {
    set = try reader.peerText()
    asksForMissing = try reader.bool()
  }
}
