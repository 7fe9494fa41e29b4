/// Every bound of the native protocol, in one place. docs/protocol.md says the same.
public enum WireLimits {
  /// The highest version that is spoken here. Version 2 adds the message `working`, and attributes at the
  /// end of receipts and rows.
  public static let version: UInt16 = 2
  /// What either side says first: a byte that no file name and no TLS record begins with, then XFR.
  public static let magic: [UInt8] = [0xff, 0x58, 0x46, 0x52]
  /// Bytes before a frame's payload: its length, its type and its checksum.
  public static let frameHeader = 9
  /// Bytes of a content frame, behind which the content begins.
  public static let contentHeader = frameHeader + 20
  /// Bytes of payload of a control frame.
  public static let payload = 16 * 1024
  /// Bytes of content behind one content frame.
  public static let content = 1 << 20
  /// A file up to this many bytes may travel with its offer.
  public static let eager: UInt64 = 256 * 1024
  /// Offers of one connection that have no receipt and no refusal yet.
  public static let window = 1024
  /// Files that one connection may have open at the receiver: accepted, and not whole yet.
  public static let openFiles = 64
  /// Bytes of a sentence, an agent or a filter.
  public static let text = 4096
  /// The largest file: what a signed 64-bit offset can hold.
  public static let size = UInt64(Int64.max)
}
