import XferProtocol
import XferStorage
import XferSystem

/// A file that a client has announced, with a checked name. All protocols bring one of these to the
/// intake.
struct AnnouncedFile {
  /// The id of the transfer.
  let id: TransferID
  /// The name of its file in `incoming/`.
  let incomingID: TransferID
  /// The name under which it is published.
  let name: FileName
  /// Bytes.
  let size: UInt64
  /// The client that sends it.
  let client: Client
  /// The protocol that it arrives by.
  let wire: WireProtocol
  /// The time of the announcement.
  let startedAt: Timestamp
  /// The kind of the file, and the properties that it gets.
  let properties: FileAttributes
  /// The set to which it belongs; nil if there is none.
  let set: SetReference?

  /// Creates the announcement of a client. `size` is in bytes.
  init(
    id: TransferID, name: FileName, size: UInt64, client: Client, wire: WireProtocol,
    startedAt: Timestamp = .now, properties: FileAttributes = FileAttributes(),
    set: SetReference? = nil
  ) {
    self.set = set
    self.id = id
    self.properties = properties
    incomingID = .incoming(id, from: client, as: name, size: size)
    self.name = name
    self.size = size
    self.client = client
    self.wire = wire
    self.startedAt = startedAt
  }

  /// Returns the description of the sealed file for the recorder.
  func sealed(
    digest: Digest?, isSynced: Bool, file: FileIdentity, resumedAt: UInt64
  ) -> SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: size, resumedAt: resumedAt, client: client, wire: wire,
      startedAt: startedAt, digest: digest, isSynced: isSynced, file: file, properties: properties,
      set: set)
  }

  /// The description of a directory or a link, which has no content, for the recorder.
  var withoutContent: SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: 0, client: client, wire: wire, startedAt: startedAt, digest: nil,
      isSynced: true, properties: properties, set: set)
  }
}
