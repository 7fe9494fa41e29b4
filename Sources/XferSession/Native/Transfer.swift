import XferProtocol
import XferStorage
import XferSystem

/// One transfer of a native conversation, from its offer to its receipt.
struct Transfer {
  enum State {
    /// The recorder is asked if the transfer was delivered before.
    case asked
    /// The content is sent with the offer and has not arrived yet.
    case accepted
    /// The client may send content.
    case arriving(IncomingFile)
    /// The content is complete, and is being verified and synced.
    case sealing(IncomingFile)
    /// Another session verifies the file. This one asks the recorder again once a second.
    case elsewhere(Progress)
    /// The content is sealed, and the recorder publishes it.
    case sealed
  }

  let tag: UInt32
  let id: TransferID
  /// The name of its file in `incoming/`.
  let incomingID: TransferID
  let name: FileName
  let size: UInt64
  /// True if the content is sent with the offer.
  let isEager: Bool
  let startedAt: Timestamp
  var state: State
  /// The number of bytes that earlier transfers of the file had received.
  var resumedAt: UInt64 = 0
  /// True if the recorder was asked a second time, because the name was taken.
  var isAskedAgain = false

  init(_ offer: Offer, name: FileName, client: Client) {
    tag = offer.tag
    id = offer.id
    incomingID = .incoming(offer.id, from: client, as: name, size: offer.size)
    self.name = name
    size = offer.size
    isEager = offer.isEager
    startedAt = .now
    state = offer.isEager ? .accepted : .asked
  }

  /// True if the client may be sending content or will do so.
  var takesContent: Bool {
    switch state {
    case .accepted, .arriving: true
    case .asked, .sealing, .elsewhere, .sealed: false
    }
  }

  /// True if the transfer is handed to the recorder.
  var isSealed: Bool {
    if case .sealed = state { return true }
    return false
  }

  /// The file that this session holds; nil if it holds none.
  var file: IncomingFile? {
    switch state {
    case .arriving(let file), .sealing(let file): file
    case .asked, .accepted, .elsewhere, .sealed: nil
    }
  }

  /// The number of received bytes.
  var received: Int64 { file?.received ?? 0 }

  /// The number of bytes still to come for which the file system has not reserved space.
  var unreserved: Int64 { file?.unreserved ?? 0 }

  /// The file that is being sealed; nil if none is.
  var sealing: IncomingFile? {
    if case .sealing(let file) = state { file } else { nil }
  }

  /// True if another session verifies the file.
  var isElsewhere: Bool {
    if case .elsewhere = state { true } else { false }
  }

  /// The progress of the verification, here or in another session; nil if there is none.
  var progress: Progress? {
    switch state {
    case .sealing(let file): file.verification
    case .elsewhere(let progress): progress
    case .asked, .accepted, .arriving, .sealed: nil
    }
  }

  /// Returns the description of the sealed file for the recorder.
  func sealed(
    _ file: IncomingFile, _ digest: Digest?, isSynced: Bool, client: Client
  ) -> SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: size, resumedAt: resumedAt, client: client, wire: .native,
      startedAt: startedAt, digest: digest, isSynced: isSynced, file: file.identity)
  }
}
