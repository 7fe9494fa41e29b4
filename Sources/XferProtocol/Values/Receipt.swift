import XferSystem

/// The receiver's promise that a file is complete, verified, on disk under its name, and in the
/// history.
package struct Receipt: Equatable, Sendable {
  private static let nextAttribute: UInt8 = 1

  /// The relation of the delivered file to the offer.
  package enum Standing: UInt8, Sendable {
    /// The file was delivered by this offer.
    case new = 0
    /// The file was delivered before, and still has its name.
    case there = 1
    /// The file was delivered before, and has since been moved, removed or replaced.
    case removed = 2
  }

  /// The id that was offered; if that one was delivered and removed, the id of the newest delivery
  /// that followed it.
  package let id: TransferID
  /// The name of the published file.
  package let name: FileName
  /// Bytes.
  package let size: UInt64
  /// Nil if the receiver computes no digest: then only the CRC-32C of the content was checked.
  package let digest: Digest?
  /// The time of the offer, by the receiver's clock.
  package let startedAt: Timestamp
  /// The time of the publication, by the receiver's clock.
  package let publishedAt: Timestamp
  /// The promise for a power loss.
  package let durability: Durability
  /// The relation of the delivered file to the offer.
  package var standing: Standing
  /// The id under which to deliver the file again; only if `standing` is `removed`.
  package var next: TransferID?

  /// `size` is in bytes.
  package init(
    id: TransferID, name: FileName, size: UInt64, digest: Digest?, startedAt: Timestamp,
    publishedAt: Timestamp, durability: Durability, standing: Standing,
    next: TransferID? = nil
  ) {
    self.id = id
    self.name = name
    self.size = size
    self.digest = digest
    self.startedAt = startedAt
    self.publishedAt = publishedAt
    self.durability = durability
    self.standing = standing
    self.next = next
  }

  /// True if the file was delivered before.
  package var repeated: Bool { standing != .new }

  /// Seconds from the offer to the publication, by the receiver's clock.
  package var seconds: Double { publishedAt.seconds - startedAt.seconds }

  /// Bytes per second that this transfer delivered from offset `resumedAt` on; 0 if no time passed.
  package func rate(resumedAt: UInt64) -> Double {
    seconds > 0 && resumedAt <= size ? (Double(size) - Double(resumedAt)) / seconds : 0
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name)
    writer.write(size)
    writer.write(digest)
    writer.write(startedAt.microseconds)
    writer.write(publishedAt.microseconds)
    writer.write(durability.rawValue)
    writer.write(standing.rawValue)
    var attributes = WireAttributes()
    attributes[Receipt.nextAttribute] = next?.bytes
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try TransferID(from: &reader)
    name = try reader.fileName()
    size = try reader.uint64()
    digest = try reader.optionalDigest()
    startedAt = Timestamp(microseconds: try reader.int64())
    publishedAt = Timestamp(microseconds: try reader.int64())
    durability = Durability(rawValue: try reader.uint8()) ?? .lazy
    standing = Standing(rawValue: try reader.uint8()) ?? .there
    next = try WireAttributes(from: &reader)[Receipt.nextAttribute]
      .flatMap(TransferID.init(bytes:))
  }
}
