import XferProtocol
import XferStorage
import XferSystem

/// One transfer of a native conversation, from its offer to its receipt. `ProtocolOrder` holds its
/// state.
final class Transfer {
  /// The tag of the offer.
  let tag: UInt32
  /// The id that the client has chosen.
  let id: TransferID
  /// The name of its file in `incoming/`.
  let incomingID: TransferID
  let name: FileName
  /// Bytes.
  let size: UInt64
  /// True if the content is sent with the offer.
  let isEager: Bool
  let startedAt = Timestamp.now
  /// The file that this session holds; nil if it holds none.
  var file: IncomingFile?
  /// The progress of another session that verifies the file; nil if none does.
  var elsewhere: Progress?
  /// The number of bytes that earlier transfers of the file had received.
  var resumedAt: UInt64 = 0
  /// True if the recorder was asked a second time, because the name was taken.
  var isAskedAgain = false

  /// Creates the transfer of an offer with a checked name.
  init(_ offer: Offer, name: FileName, client: Client) {
    tag = offer.tag
    id = offer.id
    incomingID = .incoming(offer.id, from: client, as: name, size: offer.size)
    self.name = name
    size = offer.size
    isEager = offer.isEager
  }

  /// The number of received bytes; 0 without a file.
  var received: Int64 { file?.received ?? 0 }

  /// The number of bytes still to come for which the file system has not reserved space.
  var unreserved: Int64 { file?.unreserved ?? 0 }

  /// The progress of the verification, here or in another session; nil without a file.
  var progress: Progress? { elsewhere ?? file?.verification }

  /// Returns the description of the sealed file for the recorder.
  func sealed(
    _ file: IncomingFile, _ digest: Digest?, isSynced: Bool, client: Client
  ) -> SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: size, resumedAt: resumedAt, client: client, wire: .native,
      startedAt: startedAt, digest: digest, isSynced: isSynced, file: file.identity)
  }
}
