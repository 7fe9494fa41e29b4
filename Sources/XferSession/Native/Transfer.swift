import XferProtocol
import XferStorage

/// One transfer of a native conversation, from its offer to its receipt. `ProtocolOrder` holds its
/// state.
final class Transfer {
  /// The tag of the offer.
  let tag: UInt32
  /// The file that the client has offered.
  let announced: AnnouncedFile
  /// True if the content is sent with the offer.
  let isEager: Bool
  /// The file that this session holds; nil if it holds none.
  var file: IncomingFile?
  /// The progress of another session that verifies the file; nil if none does.
  var elsewhere: Progress?
  /// The number of bytes that earlier transfers of the file had received.
  var resumedAt: UInt64 = 0
  /// True if the recorder was asked a second time, because the name was taken.
  var isAskedAgain = false

  /// Creates the transfer of an offer with a checked name.
  init(
    _ offer: Offer, name: FileName, properties: FileAttributes, client: Client,
    set: SetReference? = nil
  ) {
    tag = offer.tag
    announced = AnnouncedFile(
      id: offer.id, name: name, size: offer.size, client: client, wire: .native,
      properties: properties, set: set)
    isEager = offer.isEager
  }

  /// The name that the client has offered.
  var name: FileName { announced.name }
  /// The announced size in bytes.
  var size: UInt64 { announced.size }

  /// The number of received bytes; 0 without a file.
  var received: Int64 { file?.received ?? 0 }

  /// The number of bytes still to come for which the file system has not reserved space.
  var unreserved: Int64 { file?.unreserved ?? 0 }

  /// The progress of the verification, here or in another session; nil without a file.
  var progress: Progress? { elsewhere ?? file?.verification }
}
