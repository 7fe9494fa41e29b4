import XferSystem

/// What a receipt promises about power loss.
public enum Durability: UInt8, Sendable {
  /// Content, history and name were on stable storage before the receipt was sent.
  case durable = 1
  /// They were handed to the operating system.
  case lazy = 2
}

/// The receiver's word that a file is whole, verified, on disk under its name, and in the history.
public struct Receipt: Equatable, Sendable {
  /// What the receipt is to the offer that it answers.
  public enum Standing: UInt8, Sendable {
    /// The offer brought the file.
    case new = 0
    /// The file was delivered before, and is under its name.
    case there = 1
    /// The file was delivered before; since then somebody has moved, removed or replaced it.
    case removed = 2
  }

  /// The id that was offered, or, where that was delivered and removed, the newest delivery that followed it.
  public let id: TransferID
  public let name: FileName
  /// Bytes.
  public let size: UInt64
  /// Nil where the receiver computes none: then the content's CRC-32C alone was checked.
  public let digest: Digest?
  public let startedAt: Timestamp
  public let publishedAt: Timestamp
  public let durability: Durability
  public var standing: Standing
  /// The id under which the file is delivered anew; only where `standing` is `removed`.
  public var next: TransferID?

  public init(
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

  /// True when the offer repeated one that had been delivered before.
  public var repeated: Bool { standing != .new }

  /// From the offer to the publication, as the receiver saw it.
  public var seconds: Double {
    publishedAt.seconds - startedAt.seconds
  }

  /// Bytes a second that this try brought; 0 where no time passed.
  public func rate(resumedAt: UInt64) -> Double {
    seconds > 0 && resumedAt <= size ? (Double(size) - Double(resumedAt)) / seconds : 0
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name.text)
    writer.write(size)
    writer.write(digest)
    writer.write(startedAt.microseconds)
    writer.write(publishedAt.microseconds)
    writer.write(durability.rawValue)
    writer.write(standing.rawValue)
    var attributes = WireAttributes()
    attributes[1] = next?.bytes
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
    next = try WireAttributes(from: &reader)[1].flatMap(TransferID.init(bytes:))
  }
}
