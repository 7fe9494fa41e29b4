/// The limits of the native protocol; docs/protocol.md documents them.
package enum WireLimits {
  /// The highest version of the protocol that this code speaks. Version 2 adds the message
  /// `working`, and attributes at the end of receipts and rows. Version 3 adds directories, links and
  /// their properties to offers, and names of any bytes.
  package static let version: UInt16 = 3
  /// The first bytes of both sides: a byte that no file name and no TLS record starts with, then
  /// XFR.
  package static let magic: [UInt8] = [0xff, 0x58, 0x46, 0x52]
  /// Bytes before a frame's payload: its length, its type and its checksum.
  package static let frameHeader = 9
  /// Bytes of a content frame; the content follows it.
  package static let contentHeader = frameHeader + 20
  /// The maximum payload of a control frame, in bytes.
  package static let payload = 16 * 1024
  /// The maximum number of bytes of content after one content frame.
  package static let content = 1 << 20
  /// The maximum size, in bytes, of a file that may travel with its offer.
  package static let eager: UInt64 = 256 * 1024
  /// The maximum number of offers of one connection that have no receipt and no refusal yet.
  package static let window = 1024
  /// The maximum number of files of one connection that are accepted and not complete yet.
  package static let openFiles = 64
  /// The maximum length in bytes of a message, an agent or a filter.
  package static let text = 4096
  /// The size of the largest file, in bytes: the maximum of a signed 64-bit offset.
  package static let size = UInt64(Int64.max)
}
