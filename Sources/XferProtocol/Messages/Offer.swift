/// A file that a client wants to send. The name is kept as the client sent it, because the session
/// refuses an invalid one with a reason.
package struct Offer: Equatable, Sendable {
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
  /// The attributes. `properties` reads those that describe the file.
  package let attributes: WireAttributes

  /// The even attributes that this version understands.
  package static let mandatory = FileAttributes.mandatory

  /// Creates an offer of a file with these properties. A file without content has the size 0.
  package init(
    tag: UInt32, id: TransferID, size: UInt64, name: FileName, isEager: Bool,
    properties: FileAttributes = FileAttributes()
  ) {
    self.tag = tag
    self.id = id
    self.size = size
    self.name = name.bytes
    self.isEager = isEager
    var attributes = WireAttributes()
    properties.write(to: &attributes)
    self.attributes = attributes
  }

  /// The kind, the mode and the time of the file. Throws a `Refusal` if they are not valid.
  package func properties() throws(Refusal) -> FileAttributes {
    let properties = try FileAttributes(attributes)
    guard properties.hasContent || size == 0 else {
      throw Refusal(.badSize, "a directory or a link has no content; its size must be 0")
    }
    return properties
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
