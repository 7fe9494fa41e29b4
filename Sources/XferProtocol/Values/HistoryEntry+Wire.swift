import XferSystem

extension HistoryEntry {
  private static let attemptsAttribute: UInt8 = 1
  private static let firstFailure: UInt8 = 3
  private static let clientName: UInt8 = 5
  private static let set: UInt8 = 15

  func encode(into writer: inout WireWriter) {
    writer.write(id)
    (transferID ?? .none).encode(into: &writer)
    writer.write(client.address)
    writer.write(name)
    writer.write(size)
    writer.write(resumedAt)
    writer.write(startedAt.microseconds)
    writer.write(finishedAt.microseconds)
    writer.write(status.rawValue)
    writer.write(reason ?? "")
    writer.write(detail ?? "")
    writer.write(digest != nil)
    writer.write(raw: digest?.bytes ?? [])
    writer.write(wire.rawValue)
    attributes.encode(into: &writer)
  }

  /// Attribute 1: attempts, if there was more than one. Attribute 3: the end of the first one.
  /// Attribute 5: the name of an identified client. Attributes 7 to 13: the properties of the file.
  /// Attribute 15: the number of its set.
  private var attributes: WireAttributes {
    var attributes = WireAttributes()
    if attempts > 1 { attributes.set(HistoryEntry.attemptsAttribute, to: attempts) }
    if let firstFinishedAt {
      attributes.set(HistoryEntry.firstFailure, to: firstFinishedAt.microseconds)
    }
    if let name = client.name { attributes.set(HistoryEntry.clientName, to: name) }
    properties.write(toRow: &attributes)
    if let setNumber { attributes.set(HistoryEntry.set, to: setNumber) }
    return attributes
  }

  /// The row for a peer of version 1, which knows no attributes of rows: without them.
  package var withoutAttributes: HistoryEntry {
    var entry = self
    (entry.attempts, entry.firstFinishedAt) = (1, nil)
    entry.client = Client(address: client.address)
    entry.properties = FileAttributes()
    entry.setNumber = nil
    return entry
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try reader.int64()
    let transferID = try TransferID(from: &reader)
    self.transferID = transferID == .none ? nil : transferID
    let address = try reader.string()
    name = try reader.string()
    size = try reader.int64()
    resumedAt = try reader.int64()
    startedAt = Timestamp(microseconds: try reader.int64())
    finishedAt = Timestamp(microseconds: try reader.int64())
    status = try reader.value("status")
    let (reason, detail) = (try reader.peerText(), try reader.peerText())
    self.reason = reason.isEmpty ? nil : reason
    self.detail = detail.isEmpty ? nil : detail
    digest = try reader.bool() ? try reader.digest() : nil
    wire = try reader.value("protocol")
    let attributes = try WireAttributes(from: &reader)
    client = Client(address: address, name: attributes.text(HistoryEntry.clientName))
    attempts = attributes.int64(HistoryEntry.attemptsAttribute) ?? 1
    properties = FileAttributes(row: attributes)
    setNumber = attributes.int64(HistoryEntry.set)
    firstFinishedAt = attributes.int64(HistoryEntry.firstFailure)
      .map(Timestamp.init(microseconds:))
  }
}
