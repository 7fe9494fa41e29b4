import XferSystem

/// A transfer whose content is whole, checked and sealed under its id in `incoming/`.
public struct SealedTransfer: Equatable, Sendable {
  public let id: TransferID
  public let name: FileName
  public let size: UInt64
  /// Bytes that were here before this try, which did not bring them.
  public let resumedAt: UInt64
  public let clientIP: String
  public let wire: WireProtocol
  public let startedAt: Timestamp
  /// Nil where the receiver computes none.
  public let digest: Digest?
  /// The session has made the content durable already; else the recorder does it with others.
  public let isSynced: Bool
  /// The file that was sealed; nil where that is not known, as by rows.
  public let file: FileIdentity?

  public init(
    id: TransferID, name: FileName, size: UInt64, resumedAt: UInt64 = 0, clientIP: String,
    wire: WireProtocol, startedAt: Timestamp, digest: Digest?, isSynced: Bool,
    file: FileIdentity? = nil
  ) {
    self.resumedAt = resumedAt
    self.id = id
    self.name = name
    self.size = size
    self.clientIP = clientIP
    self.wire = wire
    self.startedAt = startedAt
    self.digest = digest
    self.isSynced = isSynced
    self.file = file
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name.text)
    writer.write(size)
    writer.write(resumedAt)
    writer.write(clientIP)
    writer.write(wire.rawValue)
    writer.write(startedAt.microseconds)
    writer.write(digest)
    writer.write(isSynced)
    writer.write(file?.inode ?? 0)
    writer.write(file?.born ?? 0)
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try TransferID(from: &reader)
    name = try reader.fileName()
    size = try reader.uint64()
    resumedAt = try reader.uint64()
    clientIP = try reader.string()
    wire = WireProtocol(rawValue: try reader.uint8()) ?? .native
    startedAt = Timestamp(microseconds: try reader.int64())
    digest = try reader.optionalDigest()
    isSynced = try reader.bool()
    let (inode, born) = (try reader.uint64(), try reader.int64())
    file = inode == 0 ? nil : FileIdentity(inode: inode, born: born)
  }
}

/// A transfer that was refused or failed, for the history.
public struct FailedTransfer: Equatable, Sendable {
  public let id: TransferID
  public let name: String
  public let size: Int64
  public let clientIP: String
  public let wire: WireProtocol
  public let startedAt: Timestamp
  public let reason: Reason
  public let detail: String
  /// The recorder may know it already: it was told before, or has refused the transfer itself.
  public var mayBeTold: Bool

  public init(
    id: TransferID, name: String, size: Int64, clientIP: String, wire: WireProtocol,
    startedAt: Timestamp, reason: Reason, detail: String, mayBeTold: Bool = false
  ) {
    self.id = id
    self.name = name
    self.size = size
    self.clientIP = clientIP
    self.wire = wire
    self.startedAt = startedAt
    self.reason = reason
    self.detail = detail
    self.mayBeTold = mayBeTold
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name)
    writer.write(size)
    writer.write(clientIP)
    writer.write(wire.rawValue)
    writer.write(startedAt.microseconds)
    writer.write(reason.rawValue)
    writer.write(detail)
    writer.write(mayBeTold)
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try TransferID(from: &reader)
    name = try reader.string()
    size = try reader.int64()
    clientIP = try reader.string()
    wire = WireProtocol(rawValue: try reader.uint8()) ?? .native
    startedAt = Timestamp(microseconds: try reader.int64())
    reason = Reason(rawValue: try reader.uint16()) ?? .unavailable
    detail = try reader.string()
    mayBeTold = try reader.bool()
  }
}

/// All that a session may ask of the recorder. A ticket comes back with the answer; a request whose
/// answer was lost with the recorder is sent again, and changes nothing the second time.
public enum RecorderRequest: Equatable, Sendable {
  /// Record and publish; answered by a receipt or a refusal.
  case publish(ticket: UInt64, SealedTransfer)
  /// Write it down; answered by `done`.
  case fail(ticket: UInt64, FailedTransfer)
  /// Has this client delivered this transfer? Answered by a receipt, a refusal or `done`.
  case find(ticket: UInt64, TransferID, clientIP: String)
  /// Could a transfer be recorded now? Answered by `done`.
  case check(ticket: UInt64)

  public init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      let ticket = try reader.uint64()
      switch frame.type {
      case 1: return .publish(ticket: ticket, try SealedTransfer(from: &reader))
      case 2: return .fail(ticket: ticket, try FailedTransfer(from: &reader))
      case 3:
        return .find(
          ticket: ticket, try TransferID(from: &reader), clientIP: try reader.string())
      case 4: return .check(ticket: ticket)
      default: throw WireError("a request of the unknown type \(frame.type)")
      }
    }
  }

  /// The request as it is sent to another recorder: one before may have carried it out.
  public var again: RecorderRequest {
    guard case .fail(let ticket, var failure) = self else { return self }
    failure.mayBeTold = true
    return .fail(ticket: ticket, failure)
  }

  public var ticket: UInt64 {
    switch self {
    case .publish(let ticket, _), .fail(let ticket, _), .find(let ticket, _, _),
      .check(let ticket):
      ticket
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .publish(let ticket, let transfer):
      writer.ticketed(1, ticket) { transfer.encode(into: &$0) }
    case .fail(let ticket, let transfer): writer.ticketed(2, ticket) { transfer.encode(into: &$0) }
    case .find(let ticket, let id, let clientIP):
      writer.ticketed(3, ticket) {
        id.encode(into: &$0)
        $0.write(clientIP)
      }
    case .check(let ticket): writer.ticketed(4, ticket) { _ in }
    }
  }
}
