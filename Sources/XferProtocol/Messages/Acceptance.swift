/// The receiver's request for the content of an offered file.
package struct Acceptance: Equatable, Sendable {
  /// The tag of the offer.
  package let tag: UInt32
  /// The first byte to send. The receiver has the content before it.
  package let offset: UInt64

  /// `offset` is the first byte to send.
  package init(tag: UInt32, offset: UInt64) {
    self.tag = tag
    self.offset = offset
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    writer.write(offset)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    offset = try reader.uint64()
  }
}
