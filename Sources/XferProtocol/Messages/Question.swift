import XferSystem

/// A question beside the transfers, on the same connection.
public struct Question: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Rows, then an end.
    case history(HistoryFilter)
    /// The stats page as one or more pieces of text, then an end.
    case stats
    /// An end when the receiver can record a transfer, else a refusal.
    case health
  }

  public let tag: UInt32
  public let kind: Kind

  public init(tag: UInt32, _ kind: Kind) {
    self.tag = tag
    self.kind = kind
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    switch kind {
    case .history(let filter):
      writer.write(UInt8(1))
      filter.encode(into: &writer)
    case .stats: writer.write(UInt8(2))
    case .health: writer.write(UInt8(3))
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    guard tag != 0 else { throw WireError("a question with the tag 0") }
    switch try reader.uint8() {
    case 1: kind = .history(try HistoryFilter(from: &reader))
    case 2: kind = .stats
    case 3: kind = .health
    case let other: throw WireError("a question of the unknown kind \(other)")
    }
  }
}

extension HistoryFilter {
  func encode(into writer: inout WireWriter) {
    writer.write(limit)
    writer.write(since?.microseconds ?? .min)
    writer.write(until?.microseconds ?? .max)
    writer.write(clientIP ?? "")
    writer.write(name ?? "")
    writer.write(status.rawValue)
  }

  init(from reader: inout WireReader) throws(WireError) {
    self.init(limit: try reader.uint32())
    let (since, until) = (try reader.int64(), try reader.int64())
    self.since = since == .min ? nil : Timestamp(microseconds: since)
    self.until = until == .max ? nil : Timestamp(microseconds: until)
    let (client, name) = (try reader.string(), try reader.string())
    self.clientIP = client.isEmpty ? nil : client
    self.name = name.isEmpty ? nil : name
    guard let status = Status(rawValue: try reader.uint8()) else {
      throw WireError("a status that is not known")
    }
    self.status = status
  }
}

extension HistoryEntry {
  func encode(into writer: inout WireWriter) {
    writer.write(id)
    (transferID ?? .none).encode(into: &writer)
    writer.write(clientIP)
    writer.write(name)
    writer.write(size)
    writer.write(resumedAt)
    writer.write(startedAt.microseconds)
    writer.write(finishedAt.microseconds)
    writer.write(status.rawValue)
    writer.write(reason ?? "")
    writer.write(detail ?? "")
    writer.write(digest != nil)
    writer.write(raw: digest?.bytes ?? [])
    writer.write(wire.rawValue)
    attributes.encode(into: &writer)
  }

  /// Attribute 1: attempts, where there was more than one. Attribute 3: when the first one failed.
  private var attributes: WireAttributes {
    var attributes = WireAttributes()
    if attempts > 1 { attributes.set(1, attempts) }
    if let firstFinishedAt { attributes.set(3, firstFinishedAt.microseconds) }
    return attributes
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try reader.int64()
    let transferID = try TransferID(from: &reader)
    self.transferID = transferID == .none ? nil : transferID
    clientIP = try reader.string()
    name = try reader.string()
    size = try reader.int64()
    resumedAt = try reader.int64()
    startedAt = Timestamp(microseconds: try reader.int64())
    finishedAt = Timestamp(microseconds: try reader.int64())
    guard let status = Status(rawValue: try reader.uint8()) else {
      throw WireError("a status that is not known")
    }
    self.status = status
    let (reason, detail) = (try reader.words(), try reader.words())
    self.reason = reason.isEmpty ? nil : reason
    self.detail = detail.isEmpty ? nil : detail
    digest = try reader.bool() ? try reader.digest() : nil
    guard let wire = WireProtocol(rawValue: try reader.uint8()) else {
      throw WireError("a protocol that is not known")
    }
    self.wire = wire
    let attributes = try WireAttributes(from: &reader)
    attempts = attributes.int64(1) ?? 1
    firstFinishedAt = attributes.int64(3).map(Timestamp.init(microseconds:))
  }
}
