import XferSystem

/// A refused or failed transfer, for the history.
package struct FailedTransfer: Equatable, Sendable {
  /// The id of the transfer.
  package let id: TransferID
  /// The name, valid or not, made safe to show.
  package let name: String
  /// Bytes, as announced.
  package let size: Int64
  /// The client that sent the file.
  package let client: Client
  /// The protocol that the client used.
  package let wire: WireProtocol
  /// The time of the offer.
  package let startedAt: Timestamp
  /// The reason of the failure.
  package let reason: Reason
  /// A message for a person.
  package let detail: String
  /// The set to which it belongs; nil if there is none.
  package let set: SetReference?
  /// True if the recorder may have recorded this failure already: it was sent before, or the
  /// recorder refused the transfer itself.
  package var mayBeTold: Bool

  /// `size` is in bytes; `detail` is a message for a person.
  package init(
    id: TransferID, name: String, size: Int64, client: Client, wire: WireProtocol,
    startedAt: Timestamp, reason: Reason, detail: String, set: SetReference? = nil,
    mayBeTold: Bool = false
  ) {
    self.set = set
    self.id = id
    self.name = name
    self.size = size
    self.client = client
    self.wire = wire
    self.startedAt = startedAt
    self.reason = reason
    self.detail = detail
    self.mayBeTold = mayBeTold
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name)
    writer.write(size)
    client.encode(into: &writer)
    writer.write(wire.rawValue)
    writer.write(startedAt.microseconds)
    writer.write(reason.rawValue)
    writer.write(detail)
    writer.write(mayBeTold)
    SetReference.encode(set, into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try TransferID(from: &reader)
    name = try reader.string()
    size = try reader.int64()
    client = try Client(from: &reader)
    wire = WireProtocol(rawValue: try reader.uint8()) ?? .native
    startedAt = Timestamp(microseconds: try reader.int64())
    reason = Reason(rawValue: try reader.uint16()) ?? .unavailable
    detail = try reader.string()
    mayBeTold = try reader.bool()
    set = try SetReference.optional(from: &reader)
  }
}
