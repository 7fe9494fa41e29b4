import Logging
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

extension NativeConversation {
  /// What the history says of a transfer that did not come to be one.
  struct Failed {
    let id: TransferID
    let name: String
    let size: Int64
    var startedAt = Timestamp.now
    /// The recorder has refused it, and may have written that down.
    var mayBeTold = false
  }

  // MARK: Offers

  func take(_ offer: Offer) throws {
    guard transfers[offer.tag] == nil, dropping[offer.tag] == nil else {
      throw WireError("the tag \(offer.tag) is in use")
    }
    guard transfers.count < WireLimits.window else {
      throw WireError("more than \(WireLimits.window) offers without an answer")
    }
    guard !offer.isEager || offer.size <= WireLimits.eager else {
      throw WireError("\(offer.size) bytes travel with their offer; \(WireLimits.eager) may")
    }
    let transfer: Transfer
    do {
      transfer = Transfer(offer, name: try admit(offer), clientIP: context.clientIP)
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
      throw Refusal(.notSupported, "the offer asks for what this version does not know")
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
      if transfer.size == 0 { try arrive(transfer) }
    } else {
      find(transfer)
    }
  }

  func find(_ transfer: Transfer) {
    tickets[
      context.recorder.ask { .find(ticket: $0, transfer.id, clientIP: context.clientIP) }
    ] = transfer.tag
  }

  /// The name is taken. That may be by this very transfer, published for a connection that was lost
  /// since the recorder was asked: whoever sees the file there and asks then is told so.
  private func meet(_ obstacle: Refusal, _ transfer: Transfer) throws {
    if transfer.isAskedAgain { throw obstacle }
    transfers[transfer.tag]?.isAskedAgain = true
    find(transfer)
  }

  /// The recorder has never seen this transfer: what is here of it, and what is wanted?
  private func accept(_ transfer: Transfer) throws {
    Failpoint.pass("session.found")
    let data = context.options.data
    if let obstacle = try PublishedFiles(data).obstacle(to: transfer.name) {
      return try meet(obstacle, transfer)
    }
    guard transfers.values.count(where: { $0.file != nil }) < WireLimits.openFiles else {
      throw Refusal(
        .busy, "\(WireLimits.openFiles) files of this connection are open already", retryAfter: 1)
    }
    // Opened and locked before the offset is named, so that it stays what it is.
    guard
      let file = try IncomingFile(
        transfer.incomingID, size: transfer.size, in: data.incoming, of: context.clientIP,
        context.options.care, through: pipeline, admit: room.check)
    else {
      return try meetHolder(transfer)
    }
    context.takeUp(file)
    transfers[transfer.tag]?.state = .arriving(file)
    notePromises()
    client.say(.accept(Acceptance(tag: transfer.tag, offset: UInt64(file.received))))
    Failpoint.pass("session.accepted")
    var transfer = transfer
    transfer.resumedAt = UInt64(file.received)
    transfers[transfer.tag]?.resumedAt = transfer.resumedAt
    if file.isWhole { try beginSeal(transfer, file) }
  }

  var room: Room { Room(context) }

  /// Room that this session has been promised and that its disk does not show as taken.
  func notePromises() {
    room.promise(transfers.values.reduce(0) { $0 + $1.unreserved })
  }

  func withdraw(_ withdrawal: Withdrawal) {
    guard let transfer = transfers[withdrawal.tag], !transfer.isSealed, transfer.sealing == nil
    else { return }
    if let file = transfer.file { context.letGo(file) }
    transfers[withdrawal.tag] = nil
    isBulk = false
    record(Failed(transfer), .withdrawn, PeerText.shortened(withdrawal.why))
  }

  // MARK: Answers of the recorder

  func handleReplies() throws {
    var left = try context.recorder.replies()[...]
    while !left.isEmpty {
      // Receipts come in groups. What another answer leads to may take its time.
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
    if offer.isEager, offer.size > 0 { drop(offer.tag, offer.size) }
    say(
      refusal, to: offer.tag,
      Failed(
        id: offer.id, name: FileName.printable(offer.name), size: Int64(clamping: offer.size)))
  }

  /// Refuses a transfer because of an error of this side, and lets go of its file.
  func fail(_ transfer: Transfer, _ error: any Error, isSending: Bool) {
    let transfer = transfers[transfer.tag] ?? transfer
    transfer.file?.giveUp(error)
    refuse(transfer, context.refusal(for: error), isSending: isSending)
  }

  func refuse(
    _ transfer: Transfer, _ refusal: Refusal, isSending: Bool = true, mayBeTold: Bool = false
  ) {
    let transfer = transfers[transfer.tag] ?? transfer
    if let file = transfer.file { context.letGo(file) }
    transfers[transfer.tag] = nil
    isBulk = false
    if isSending { drop(transfer.tag, transfer.size) }
    var failed = Failed(transfer)
    failed.mayBeTold = mayBeTold
    say(refusal, to: transfer.tag, failed)
  }

  private func say(_ refusal: Refusal, to tag: UInt32, _ failed: Failed) {
    client.say(.refusal(tag: tag, refusal))
    record(failed, refusal.reason, refusal.sentence)
  }

  /// Counts, logs and writes down a transfer that failed.
  func record(_ failed: Failed, _ reason: Reason, _ why: String) {
    context.board.count(.transfer, reason)
    context.log.notice(
      "not received: \(why)", metadata: ["name": "\(failed.name)", "reason": "\(reason.code)"])
    _ = context.recorder.ask {
      .fail(
        ticket: $0,
        FailedTransfer(
          id: failed.id, name: failed.name, size: failed.size, clientIP: context.clientIP,
          wire: .native, startedAt: failed.startedAt, reason: reason, detail: why,
          mayBeTold: failed.mayBeTold))
    }
  }
}

extension Receipt {
  /// As version 1 has it: with the id that was offered, and nothing beyond the fields.
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
