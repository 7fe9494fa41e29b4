import Logging
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

// Transfers: offers, the recorder's replies, receipts and refusals. Content and seals have files of
// their own.
extension NativeConversation {
  /// The values of a failed transfer for its row of the history.
  struct Failed {
    let id: TransferID
    let name: String
    let size: Int64
    var startedAt = Timestamp.now
    /// True if the recorder has refused it, and may have recorded that already.
    var mayBeTold = false
  }

  // MARK: Offers

  /// Accepts or refuses an offer. Throws if the client violates the protocol.
  func take(_ offer: Offer) throws {
    guard transfers[offer.tag] == nil, dropping[offer.tag] == nil else {
      throw WireError("the tag \(offer.tag) is in use")
    }
    guard transfers.count < WireLimits.window else {
      throw WireError("more than \(WireLimits.window) offers without an answer")
    }
    guard !offer.isEager || offer.size <= WireLimits.eager else {
      throw WireError(
        "an offer with \(offer.size) bytes of content; \(WireLimits.eager) are allowed")
    }
    let transfer: Transfer
    do {
      transfer = Transfer(offer, name: try admit(offer), client: context.client)
    } catch {
      return refuse(offer, error)
    }
    do {
      try begin(transfer)
    } catch {
      fail(transfer, error, isSending: false)
    }
  }

  private func admit(_ offer: Offer) throws(Refusal) -> FileName {
    if context.ending.isDraining { throw .shuttingDown }
    guard offer.size <= context.options.largestFile else {
      throw Refusal(
        .tooLarge, "\(offer.size) bytes are more than the \(context.options.largestFile) allowed")
    }
    guard offer.attributes.unknownMandatory(known: []).isEmpty else {
      throw Refusal(
        .notSupported, "the offer has a mandatory attribute that this version does not support")
    }
    do {
      return try FileName(bytes: offer.name)
    } catch {
      throw Refusal(.badName, error.description)
    }
  }

  private func begin(_ transfer: Transfer) throws {
    transfers[transfer.tag] = transfer
    if transfer.isEager {
      if transfer.size == 0 { try receiveEmpty(transfer) }
    } else {
      find(transfer)
    }
  }

  /// Asks the recorder for an earlier delivery of the transfer.
  func find(_ transfer: Transfer) {
    tickets[
      context.recorder.ask { .find(ticket: $0, transfer.id, client: context.client) }
    ] = transfer.tag
  }

  /// Asks the recorder once more before a taken name is refused. An earlier connection may have
  /// published this very transfer since the recorder was asked.
  private func checkAgain(_ transfer: Transfer, before obstacle: Refusal) throws {
    if transfer.isAskedAgain { throw obstacle }
    transfers[transfer.tag]?.isAskedAgain = true
    find(transfer)
  }

  /// Accepts a transfer that the recorder does not have, from the offset at which its file ends.
  private func accept(_ transfer: Transfer) throws {
    Failpoint.pass("session.found")
    let data = context.options.data
    if let obstacle = try context.options.published.obstacle(to: transfer.name) {
      return try checkAgain(transfer, before: obstacle)
    }
    guard transfers.values.count(where: { $0.file != nil }) < WireLimits.openFiles else {
      throw Refusal(
        .busy, "\(WireLimits.openFiles) files of this connection are open already", retryAfter: 1)
    }
    // The file is locked before its length is sent, so that no other session can change it.
    guard
      let file = try IncomingFile(
        transfer.incomingID, size: transfer.size, in: data.incoming, of: context.client.key,
        options: context.options.contentOptions, through: pipeline, admit: diskSpace.check)
    else {
      return try waitForHolder(transfer)
    }
    context.takeUp(file)
    transfers[transfer.tag]?.state = .arriving(file)
    updateReservation()
    client.say(.accept(Acceptance(tag: transfer.tag, offset: UInt64(file.received))))
    Failpoint.pass("session.accepted")
    var transfer = transfer
    transfer.resumedAt = UInt64(file.received)
    transfers[transfer.tag]?.resumedAt = transfer.resumedAt
    if file.isWhole { try beginSeal(transfer, of: file) }
  }

  var diskSpace: DiskSpace { DiskSpace(context) }

  /// Shows the bytes that this session has admitted and the file system has not reserved.
  func updateReservation() {
    diskSpace.reserve(transfers.values.reduce(0) { $0 + $1.unreserved })
  }

  /// Ends a transfer that the client gives up, unless its content is complete.
  func withdraw(_ withdrawal: Withdrawal) {
    guard let transfer = transfers[withdrawal.tag], !transfer.isSealed, transfer.sealing == nil
    else { return }
    if let file = transfer.file { context.release(file) }
    transfers[withdrawal.tag] = nil
    isBulk = false
    record(Failed(transfer), .withdrawn, PeerText.shortened(withdrawal.why))
  }

  // MARK: Replies of the recorder

  /// Handles the available replies of the recorder.
  func handleReplies() throws {
    var left = try context.recorder.replies()[...]
    while !left.isEmpty {
      // Receipts come in groups and share one write of the log. Other replies may lead to longer
      // work.
      let receipts = left.prefix(while: \.isReceipt)
      ProcessLog.gather { receipts.forEach(handle) }
      left = left.dropFirst(receipts.count)
      left.popFirst().map(handle)
    }
  }

  private func handle(_ reply: RecorderReply) {
    if answerHealthChecks(reply) { return }
    if let tag = tickets.removeValue(forKey: reply.ticket), let transfer = transfers[tag] {
      handle(reply, for: transfer)
    }
  }

  private func handle(_ reply: RecorderReply, for transfer: Transfer) {
    switch reply {
    case .receipt(_, let receipt): finish(transfer, receipt)
    case .refusal(_, let refusal):
      refuse(transfer, refusal, isSending: false, mayBeTold: true)
    case .done:
      do {
        try accept(transfer)
      } catch {
        fail(transfer, error, isSending: false)
      }
    }
  }

  private func finish(_ transfer: Transfer, _ receipt: Receipt) {
    transfers[transfer.tag] = nil
    guard receipt.name == transfer.name, receipt.size == transfer.size else {
      return refuse(
        transfer, Refusal(.exists, "this transfer was delivered as \"\(receipt.name)\""),
        isSending: false)
    }
    Failpoint.pass("session.receipt")
    client.say(.receipt(tag: transfer.tag, version > 1 ? receipt : receipt.naming(transfer.id)))
    context.noteDelivery(receipt, resumedAt: transfer.resumedAt)
  }

  // MARK: Refusals

  private func refuse(_ offer: Offer, _ refusal: Refusal) {
    if offer.isEager, offer.size > 0 { drop(offer.tag, size: offer.size) }
    say(
      refusal, to: offer.tag,
      Failed(
        id: offer.id, name: FileName.printable(offer.name), size: Int64(clamping: offer.size)))
  }

  /// Refuses a transfer because of an error of the receiver, and releases its file.
  func fail(_ transfer: Transfer, _ error: any Error, isSending: Bool) {
    let transfer = transfers[transfer.tag] ?? transfer
    transfer.file?.giveUp(error)
    refuse(transfer, context.refusal(for: error), isSending: isSending)
  }

  /// Refuses a transfer and releases its file. If `isSending`, the rest of its content is
  /// discarded.
  func refuse(
    _ transfer: Transfer, _ refusal: Refusal, isSending: Bool = true, mayBeTold: Bool = false
  ) {
    let transfer = transfers[transfer.tag] ?? transfer
    if let file = transfer.file { context.release(file) }
    transfers[transfer.tag] = nil
    isBulk = false
    if isSending { drop(transfer.tag, size: transfer.size) }
    var failed = Failed(transfer)
    failed.mayBeTold = mayBeTold
    say(refusal, to: transfer.tag, failed)
  }

  private func say(_ refusal: Refusal, to tag: UInt32, _ failed: Failed) {
    client.say(.refusal(tag: tag, refusal))
    record(failed, refusal.reason, refusal.sentence)
  }

  /// Counts and logs a failed transfer, and hands it to the recorder.
  func record(_ failed: Failed, _ reason: Reason, _ why: String) {
    context.board.count(.transfer, reason: reason)
    context.log.notice(
      "not received: \(why)", metadata: ["name": "\(failed.name)", "reason": "\(reason.code)"])
    _ = context.recorder.ask {
      .fail(
        ticket: $0,
        FailedTransfer(
          id: failed.id, name: failed.name, size: failed.size, client: context.client,
          wire: .native, startedAt: failed.startedAt, reason: reason, detail: why,
          mayBeTold: failed.mayBeTold))
    }
  }
}

extension Receipt {
  /// Returns the receipt for a client of version 1: with the offered id and without later
  /// attributes.
  fileprivate func naming(_ offered: TransferID) -> Receipt {
    Receipt(
      id: offered, name: name, size: size, digest: digest, startedAt: startedAt,
      publishedAt: publishedAt, durability: durability, standing: standing)
  }
}

extension NativeConversation.Failed {
  init(_ transfer: Transfer) {
    self.init(
      id: transfer.id, name: transfer.name.text, size: Int64(clamping: transfer.size),
      startedAt: transfer.startedAt)
  }
}
