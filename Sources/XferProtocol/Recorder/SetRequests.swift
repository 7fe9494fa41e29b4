/// A part of the announced files of a set, from a session to the recorder.
package struct AnnouncedPart: Equatable, Sendable {
  /// The set.
  package let set: SetReference
  /// Its client.
  package let client: Client
  /// The part.
  package let part: Announcement
  /// The directory of the client, below which the files are to be published; nil if it has none.
  package let prefix: FileName?

  /// Creates a part.
  package init(set: SetReference, client: Client, part: Announcement, prefix: FileName?) {
    self.prefix = prefix
    self.set = set
    self.client = client
    self.part = part
  }

  func encode(into writer: inout WireWriter) {
    set.encode(into: &writer)
    client.encode(into: &writer)
    writer.write(prefix != nil)
    if let prefix { writer.write(prefix) }
    part.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    set = try SetReference(from: &reader)
    client = try Client(from: &reader)
    prefix = try reader.bool() ? try reader.fileName() : nil
    part = try Announcement(from: &reader)
  }
}

/// The request to record that a set is complete.
package struct SetCompletion: Equatable, Sendable {
  /// The set.
  package let set: SetReference
  /// Its client.
  package let client: Client
  /// The sums that the sender claims.
  package let totals: SetTotals

  /// Creates a request.
  package init(set: SetReference, client: Client, totals: SetTotals) {
    self.set = set
    self.client = client
    self.totals = totals
  }

  func encode(into writer: inout WireWriter) {
    set.encode(into: &writer)
    client.encode(into: &writer)
    totals.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    set = try SetReference(from: &reader)
    client = try Client(from: &reader)
    totals = try SetTotals(from: &reader)
  }
}
