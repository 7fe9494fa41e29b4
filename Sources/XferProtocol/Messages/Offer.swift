/// A file that a client wants to send. The name is kept as the client sent it, because the session
/// refuses an invalid one with a reason.
package struct Offer: Equatable, Sendable {
  private static let modificationTime: UInt8 = 1
  private static let permissions: UInt8 = 3

  /// Identifies the transfer within this connection; never 0.
  package let tag: UInt32
  /// The id of the transfer, chosen by the sender.
  package let id: TransferID
  /// Bytes.
  package let size: UInt64
  /// The unchecked bytes of the name.
  package let name: [UInt8]
  /// True if the content follows at once, from offset 0, without waiting for the acceptance.
  package let isEager: Bool
  /// Attribute 1: the time of the last modification at the sender, in nanoseconds since 1970.
  /// Attribute 3: the permission bits. Receivers ignore both for now.
  package let attributes: WireAttributes

  /// `modified` is in nanoseconds since 1970; `mode` holds permission bits.
  package init(
    tag: UInt32, id: TransferID, size: UInt64, name: FileName, isEager: Bool,
    modified: Int64? = nil, mode: UInt32? = nil
  ) {
    self.tag = tag
    self.id = id
    self.size = size
    self.name = Array(name.text.utf8)
    self.isEager = isEager
    var attributes = WireAttributes()
    if let modified { attributes.set(Offer.modificationTime, to: modified) }
    if let mode { attributes.set(Offer.permissions, to: Int64(mode)) }
    self.attributes = attributes
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    id.encode(into: &writer)
    writer.write(size)
    writer.write(UInt16(name.count))
    writer.write(raw: name)
    writer.write(isEager)
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    guard tag != 0 else { throw WireError("invalid offer: its tag is 0") }
    id = try TransferID(from: &reader)
    size = try reader.uint64()
    name = try reader.textBytes()
    isEager = try reader.bool()
    attributes = try WireAttributes(from: &reader)
  }
}
