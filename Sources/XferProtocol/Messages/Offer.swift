/// A file that a client wants to send. The name is kept as it came: a bad one is refused by the
/// session with a reason, and only then is it forgotten.
public struct Offer: Equatable, Sendable {
  /// Names the transfer within this connection; never 0.
  public let tag: UInt32
  public let id: TransferID
  /// Bytes.
  public let size: UInt64
  public let name: [UInt8]
  /// The content follows at once, from offset 0, without waiting for the acceptance.
  public let isEager: Bool
  /// Attribute 1: the time of the last change at the sender, in nanoseconds since 1970.
  /// Attribute 3: permission bits.
  public let attributes: WireAttributes

  public init(
    tag: UInt32, id: TransferID, size: UInt64, name: FileName, isEager: Bool,
    modified: Int64? = nil, mode: UInt32? = nil
  ) {
    self.tag = tag
    self.id = id
    self.size = size
    self.name = Array(name.text.utf8)
    self.isEager = isEager
    var attributes = WireAttributes()
    if let modified { attributes.set(1, modified) }
    if let mode { attributes.set(3, Int64(mode)) }
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
    guard tag != 0 else { throw WireError("an offer with the tag 0") }
    id = try TransferID(from: &reader)
    size = try reader.uint64()
    name = try reader.textBytes()
    isEager = try reader.bool()
    attributes = try WireAttributes(from: &reader)
  }
}

/// The receiver wants the content from this offset on; what is before it, it has.
public struct Acceptance: Equatable, Sendable {
  public let tag: UInt32
  public let offset: UInt64

  public init(tag: UInt32, offset: UInt64) {
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

/// `length` bytes of content follow this frame, outside of it. The CRC-32C is theirs alone.
public struct ContentHeader: Equatable, Sendable {
  public let tag: UInt32
  public let offset: UInt64
  public let length: UInt32
  public let crc: UInt32

  public init(tag: UInt32, offset: UInt64, length: UInt32, crc: UInt32) {
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
      throw WireError("content of \(length) bytes in one piece")
    }
    guard offset <= WireLimits.size - UInt64(length) else {
      throw WireError("content at \(offset), where no file reaches")
    }
  }
}

/// The sender gives a transfer up, as when its file changed under it.
public struct Withdrawal: Equatable, Sendable {
  public let tag: UInt32
  /// A sentence for the history.
  public let why: String

  public init(tag: UInt32, why: String) {
    self.tag = tag
    self.why = why
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    writer.write(why)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    why = try reader.words()
  }
}

/// Eight bytes that come back as they went.
public struct Ping: Equatable, Sendable {
  public let token: UInt64

  public init(token: UInt64) { self.token = token }

  func encode(into writer: inout WireWriter) { writer.write(token) }

  init(from reader: inout WireReader) throws(WireError) { token = try reader.uint64() }
}
