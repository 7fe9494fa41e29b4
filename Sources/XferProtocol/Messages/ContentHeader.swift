/// Announces content: `length` bytes follow this frame, outside of it.
package struct ContentHeader: Equatable, Sendable {
  /// The tag of the offer.
  package let tag: UInt32
  /// The position of the first byte in the file.
  package let offset: UInt64
  /// Bytes, from 1 to `WireLimits.content`.
  package let length: UInt32
  /// The CRC-32C of these bytes alone.
  package let crc: UInt32

  /// `length` is in bytes; `crc` is the CRC-32C of the content.
  package init(tag: UInt32, offset: UInt64, length: UInt32, crc: UInt32) {
    self.tag = tag
    self.offset = offset
    self.length = length
    self.crc = crc
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    writer.write(offset)
    writer.write(length)
    writer.write(crc)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    offset = try reader.uint64()
    length = try reader.uint32()
    crc = try reader.uint32()
    guard length > 0, length <= WireLimits.content else {
      throw WireError("invalid content length \(length); it must be 1 to \(WireLimits.content)")
    }
    guard offset <= WireLimits.size - UInt64(length) else {
      throw WireError("invalid content offset \(offset): it is beyond the largest file")
    }
  }
}
