import XferProtocol
import XferStorage
import XferSystem

/// One transfer of a native conversation, from its offer to its receipt.
struct Transfer {
  enum State {
    /// The recorder is asked whether it was delivered before.
    case asked
    /// The content travels with the offer and has not come yet.
    case accepted
    /// The client may send content.
    case arriving(IncomingFile)
    /// The content is whole and is being verified and made durable.
    case sealing(IncomingFile)
    /// Another connection holds the file and reads it again; this one asks again from time to time.
    case elsewhere(Progress)
    /// The content is whole; the recorder publishes it.
    case sealed
  }

  let tag: UInt32
  let id: TransferID
  /// Names its file in `incoming/`.
  let incomingID: TransferID
  let name: FileName
  let size: UInt64
  let isEager: Bool
  let startedAt: Timestamp
  var state: State
  /// Bytes that earlier tries had brought.
  var resumedAt: UInt64 = 0
  /// The recorder was asked a second time, as the name was taken.
  var isAskedAgain = false

  init(_ offer: Offer, name: FileName, clientIP: String) {
    tag = offer.tag
    id = offer.id
    incomingID = .incoming(offer.id, from: clientIP, as: name, size: offer.size)
    self.name = name
    size = offer.size
    isEager = offer.isEager
    startedAt = .now
    state = offer.isEager ? .accepted : .asked
  }

  /// True where the client may be sending content of it, or is about to.
  var takesContent: Bool {
    switch state {
    case .accepted, .arriving: true
    case .asked, .sealing, .elsewhere, .sealed: false
    }
  }

  var isSealed: Bool {
    if case .sealed = state { return true }
    return false
  }

  /// The file that this session holds of it.
  var file: IncomingFile? {
    switch state {
    case .arriving(let file), .sealing(let file): file
    case .asked, .accepted, .elsewhere, .sealed: nil
    }
  }

  var received: Int64 { file?.received ?? 0 }

  /// Bytes to come that the disk does not show as taken.
  var unreserved: Int64 { file?.unreserved ?? 0 }

  /// The file that is being sealed.
  var sealing: IncomingFile? {
    if case .sealing(let file) = state { file } else { nil }
  }

  var isElsewhere: Bool {
    if case .elsewhere = state { true } else { false }
  }

  /// How far it is with what takes long; nil where nothing does.
  var progress: Progress? {
    switch state {
    case .sealing(let file): file.verification
    case .elsewhere(let progress): progress
    case .asked, .accepted, .arriving, .sealed: nil
    }
  }

  func sealed(
    _ file: IncomingFile, _ digest: Digest?, isSynced: Bool, clientIP: String
  ) -> SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: size, resumedAt: resumedAt, clientIP: clientIP, wire: .native,
      startedAt: startedAt, digest: digest, isSynced: isSynced, file: file.identity)
  }
}
