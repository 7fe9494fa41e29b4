import XferProtocol

/// The changes of transfers by the receiver: its answers, and the steps between them.
extension ProtocolOrder {
  /// The state of a tag; nil if the tag is free.
  func state(of tag: UInt32) -> TransferState? { tags[tag]?.state }

  /// True if the client may be sending content, or has been asked for it.
  var expectsContent: Bool { tags.count(in: .eager) + tags.count(in: .arriving) > 0 }

  /// True if content of an accepted transfer may follow.
  var isArriving: Bool { tags.count(in: .arriving) > 0 }

  /// True while this session verifies a file.
  var isSealing: Bool { tags.count(in: .sealing) > 0 }

  /// True while the client waits for a verification, by this session or by another one.
  var isWorking: Bool { isSealing || tags.count(in: .elsewhere) > 0 }

  /// The number of files that are open in this session.
  var openFiles: Int { tags.count(in: .arriving) + tags.count(in: .sealing) }

  /// True if the receiver may send this answer to the transfer now.
  func allows(_ answer: TransferAnswer, for tag: UInt32) -> Bool {
    if answer == .working, version < 2 { return false }
    return state(of: tag)?.allows(answer) ?? false
  }

  /// Accepts a transfer. `offset` is the number of bytes that the receiver has.
  mutating func accept(_ tag: UInt32, from offset: UInt64) {
    guard var transfer = tags[tag], transfer.state.allows(.accept), offset <= transfer.size else {
      preconditionFailure("the tag \(tag) cannot be accepted from \(offset) on")
    }
    (transfer.state, transfer.next, transfer.announced) = (.arriving, offset, offset)
    tags[tag] = transfer
  }

  /// Takes content that has arrived as a whole. Throws if it is not the next content of its
  /// transfer.
  mutating func append(_ header: ContentHeader) throws(WireError) {
    guard var transfer = tags[header.tag] else { preconditionFailure("content without a transfer") }
    precondition(transfer.state.expectsContent)
    try transfer.check(header)
    (transfer.state, transfer.next) = (.arriving, header.end)
    tags[header.tag] = transfer
  }

  /// Begins the verification of a transfer of which all content has arrived.
  mutating func seal(_ tag: UInt32) {
    guard var transfer = tags[tag], transfer.state.expectsContent, transfer.next == transfer.size
    else { preconditionFailure("the content of tag \(tag) is not complete") }
    transfer.state = .sealing
    tags[tag] = transfer
  }

  /// Notes that a transfer is handed to the recorder.
  mutating func handOver(_ tag: UInt32) { change(tag, from: .sealing, to: .sealed) }

  /// Notes that another session verifies the file of a transfer.
  mutating func waitElsewhere(_ tag: UInt32) { change(tag, from: .asked, to: .elsewhere) }

  /// Notes that the recorder is asked again about a transfer that another session verifies.
  mutating func askAgain(_ tag: UInt32) { change(tag, from: .elsewhere, to: .asked) }

  /// Ends a transfer with its receipt.
  mutating func deliver(_ tag: UInt32) {
    precondition(allows(.receipt, for: tag))
    tags[tag] = nil
  }

  /// Ends a transfer with a refusal. Content that is still to come is discarded.
  mutating func refuse(_ tag: UInt32) {
    precondition(allows(.refusal, for: tag))
    guard let transfer = tags[tag] else { return }
    if transfer.isIncomplete { tags.discard(tag, transfer) } else { tags[tag] = nil }
  }

  /// Ends a transfer without an answer, because its connection has failed.
  mutating func cutOff(_ tag: UInt32) { tags[tag] = nil }

  private mutating func change(
    _ tag: UInt32, from former: TransferState, to state: TransferState
  ) {
    guard var transfer = tags[tag], transfer.state == former else {
      preconditionFailure("the tag \(tag) is not \(former)")
    }
    transfer.state = state
    tags[tag] = transfer
  }
}
