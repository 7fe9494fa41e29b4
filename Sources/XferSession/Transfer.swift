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
    case .asked, .sealed: false
    }
  }

  var isSealed: Bool {
    if case .sealed = state { return true }
    return false
  }

  var holdsFile: Bool {
    if case .arriving = state { return true }
    return false
  }

  var received: Int64 {
    if case .arriving(let file) = state { return file.received }
    return 0
  }

  /// Bytes to come that the disk does not show as taken.
  var unreserved: Int64 {
    if case .arriving(let file) = state { return file.unreserved }
    return 0
  }

  func sealed(_ digest: Digest?, isSynced: Bool, clientIP: String) -> SealedTransfer {
    SealedTransfer(
      id: id, name: name, size: size, resumedAt: resumedAt, clientIP: clientIP, wire: .native,
      startedAt: startedAt,
      digest: digest, isSynced: isSynced)
  }
}
