import XferSystem

/// A transfer with complete, verified content that is sealed in `incoming/`, ready for the
/// recorder.
package struct SealedTransfer: Equatable, Sendable {
  /// The id of the transfer.
  package let id: TransferID
  /// The name under which to publish the file.
  package let name: FileName
  /// Bytes.
  package let size: UInt64
  /// Bytes that earlier transfers of the file had delivered.
  package let resumedAt: UInt64
  /// The client that sent the file.
  package let client: Client
  /// The protocol that the client used.
  package let wire: WireProtocol
  /// The time of the offer.
  package let startedAt: Timestamp
  /// Nil if the receiver computes no digest.
  package let digest: Digest?
  /// True if the session has synced the content. Otherwise the recorder syncs it with its group.
  package let isSynced: Bool
  /// The file that was sealed. Nil if it is not known, as for a transfer that is read from a row, or
  /// if the transfer has no content.
  package let file: FileIdentity?
  /// The kind of the file, and the properties that it gets.
  package let properties: FileAttributes
  /// The set to which it belongs; nil if there is none.
  package let set: SetReference?

  /// `size` and `resumedAt` are in bytes.
  package init(
    id: TransferID, name: FileName, size: UInt64, resumedAt: UInt64 = 0, client: Client,
    wire: WireProtocol, startedAt: Timestamp, digest: Digest?, isSynced: Bool,
    file: FileIdentity? = nil, properties: FileAttributes = FileAttributes(),
    set: SetReference? = nil
  ) {
    self.set = set
    self.properties = properties
    self.resumedAt = resumedAt
    self.id = id
    self.name = name
    self.size = size
    self.client = client
    self.wire = wire
    self.startedAt = startedAt
    self.digest = digest
    self.isSynced = isSynced
    self.file = file
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name)
    writer.write(size)
    writer.write(resumedAt)
    client.encode(into: &writer)
    writer.write(wire.rawValue)
    writer.write(startedAt.microseconds)
    writer.write(digest)
    writer.write(isSynced)
    writer.write(file?.inode ?? 0)
    writer.write(file?.born ?? 0)
    SetReference.encode(set, into: &writer)
    var attributes = WireAttributes()
    properties.write(to: &attributes)
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    id = try TransferID(from: &reader)
    name = try reader.fileName()
    size = try reader.uint64()
    resumedAt = try reader.uint64()
    client = try Client(from: &reader)
    wire = WireProtocol(rawValue: try reader.uint8()) ?? .native
    startedAt = Timestamp(microseconds: try reader.int64())
    digest = try reader.optionalDigest()
    isSynced = try reader.bool()
    let (inode, born) = (try reader.uint64(), try reader.int64())
    file = inode == 0 ? nil : FileIdentity(inode: inode, born: born)
    set = try SetReference.optional(from: &reader)
    do {
      properties = try FileAttributes(try WireAttributes(from: &reader))
    } catch {
      throw error as? WireError ?? WireError("invalid properties of a file")
    }
  }
}
