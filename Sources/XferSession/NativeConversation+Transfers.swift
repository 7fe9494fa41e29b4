import Logging
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
      refuse(transfer, context.refusal(for: error), isSending: false)
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

  private func find(_ transfer: Transfer) {
    tickets[context.recorder.ask { .find(ticket: $0, transfer.id) }] = transfer.tag
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
    guard transfers.values.count(where: \.holdsFile) < WireLimits.openFiles else {
      throw Refusal(
        .busy, "\(WireLimits.openFiles) files of this connection are open already", retryAfter: 1)
    }
    // Opened and locked before the offset is named, so that it stays what it is.
    guard
      let file = try IncomingFile(
        transfer.incomingID, size: transfer.size, in: data.incoming, context.options.care)
    else {
      throw Takeover(context).attempt(transfer.incomingID)
    }
    do {
      try room.check(file.unreserved)
    } catch {
      file.unreserve()
      throw error
    }
    transfers[transfer.tag]?.state = .arriving(file)
    notePromises()
    client.say(.accept(Acceptance(tag: transfer.tag, offset: UInt64(file.received))))
    Failpoint.pass("session.accepted")
    var transfer = transfer
    transfer.resumedAt = UInt64(file.received)
    transfers[transfer.tag]?.resumedAt = transfer.resumedAt
    if file.isWhole { try seal(transfer, file) }
  }

  private var room: Room { Room(context) }

  /// Room that this session has been promised and that its disk does not show as taken.
  private func notePromises() {
    room.promise(transfers.values.reduce(0) { $0 + $1.unreserved })
  }

  // MARK: Content

  func takeContent(_ header: ContentHeader) throws {
    let length = Int(header.length)
    if let size = dropping[header.tag] { return try drop(header, of: size) }
    guard let transfer = transfers[header.tag], transfer.takesContent else {
      throw WireError("content for the tag \(header.tag), which takes none")
    }
    isBulk = transfer.size > WireLimits.eager && header.offset + UInt64(length) < transfer.size
    let bytes = try content(of: length)
    context.count(received: length)
    do {
      let file = try incomingFile(of: transfer)
      if file.isWhole { return try seal(transfer, file) }
      try file.append(try checked(bytes, header, file))
      Failpoint.pass("session.arriving")
      if file.isWhole { try seal(transfer, file) }
    } catch let error as WireError {
      throw error
    } catch {
      refuse(
        transfer, context.refusal(for: error),
        isSending: header.offset + UInt64(length) < transfer.size)
    }
  }

  /// The content behind a header: where it lies if all of it is in, else gathered in the block.
  private func content(of length: Int) throws -> UnsafeRawBufferPointer {
    if client.input.count >= length { return client.input.take(length) }
    let part = UnsafeMutableRawBufferPointer(rebasing: block.bytes.prefix(length))
    try client.readContent(into: part, meanwhile: meanwhile)
    return UnsafeRawBufferPointer(part)
  }

  private func checked(
    _ bytes: UnsafeRawBufferPointer, _ header: ContentHeader, _ file: IncomingFile
  ) throws -> UnsafeRawBufferPointer {
    guard header.offset == UInt64(file.received),
      Int64(header.length) <= file.size - file.received
    else { throw WireError("content at \(header.offset), where \(file.received) was wanted") }
    guard crc32c(bytes) == header.crc else {
      throw Refusal(
        .corrupt, "the checksum of the content at \(header.offset) is wrong; send it again",
        retryAfter: 0)
    }
    return bytes
  }

  /// What still comes of a refused transfer is thrown away. The oldest is forgotten when there are
  /// very many: a client that goes on sending content of those does not keep to the protocol.
  private func drop(_ tag: UInt32, _ size: UInt64) {
    if dropping.count >= WireLimits.window, let oldest = dropping.keys.min() {
      dropping[oldest] = nil
    }
    dropping[tag] = size
  }

  private func drop(_ header: ContentHeader, of size: UInt64) throws {
    _ = try content(of: Int(header.length))
    if header.offset + UInt64(header.length) >= size { dropping[header.tag] = nil }
  }

  private func incomingFile(of transfer: Transfer) throws -> IncomingFile {
    if case .arriving(let file) = transfer.state { return file }
    let incoming = context.options.data.incoming
    try room.check(Int64(transfer.size))
    guard
      let file = try IncomingFile.anew(
        transfer.incomingID, size: transfer.size, in: incoming, context.options.care)
    else {
      throw Takeover(context).attempt(transfer.incomingID)
    }
    transfers[transfer.tag]?.state = .arriving(file)
    return file
  }

  /// A transfer that needs no content any more: it is empty, or all of it was here.
  private func arrive(_ transfer: Transfer) throws {
    let file = try incomingFile(of: transfer)
    if file.isWhole { try seal(transfer, file) }
  }

  /// Large files are synced here, where only their own sender waits for it.
  private func seal(_ transfer: Transfer, _ file: IncomingFile) throws {
    isBulk = false
    let syncsHere = context.options.isDurable && transfer.size > WireLimits.content
    let digest = try sealOrDiscard(transfer, file, sync: syncsHere)
    Failpoint.pass("session.sealed")
    let sealed = transfer.sealed(digest, isSynced: syncsHere, clientIP: context.clientIP)
    transfers[transfer.tag]?.state = .sealed
    if transfer.size > WireLimits.eager { notePromises() }
    tickets[context.recorder.ask { .publish(ticket: $0, sealed) }] = transfer.tag
  }

  /// Content whose sync failed is not kept to be resumed: the kernel tells of such an error once and
  /// calls the pages clean, and the next sync would succeed for what is not on disk (fsync(2)).
  private func sealOrDiscard(
    _ transfer: Transfer, _ file: IncomingFile, sync: Bool
  ) throws -> Digest? {
    do {
      return try file.seal(sync: sync)
    } catch {
      try? IncomingFile.discard(transfer.incomingID, in: context.options.data.incoming)
      throw error
    }
  }

  func withdraw(_ withdrawal: Withdrawal) {
    guard let transfer = transfers[withdrawal.tag], !transfer.isSealed else { return }
    if case .arriving(let file) = transfer.state { file.close() }
    transfers[withdrawal.tag] = nil
    isBulk = false
    record(Failed(transfer), .withdrawn, withdrawal.why)
  }

  // MARK: Answers of the recorder

  func handleReplies() throws {
    for reply in try context.recorder.replies() {
      if let tag = healthTickets.removeValue(forKey: reply.ticket) {
        client.say(.end(tag: tag))
      } else if let tag = tickets.removeValue(forKey: reply.ticket), let transfer = transfers[tag] {
        handle(reply, for: transfer)
      }
    }
  }

  private func handle(_ reply: RecorderReply, for transfer: Transfer) {
    switch reply {
    case .receipt(_, let receipt): finish(transfer, receipt)
    case .refusal(_, let refusal): refuse(transfer, refusal, isSending: false)
    case .done:
      do {
        try accept(transfer)
      } catch {
        refuse(transfer, context.refusal(for: error), isSending: false)
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
    client.say(.receipt(tag: transfer.tag, receipt))
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

  func refuse(_ transfer: Transfer, _ refusal: Refusal, isSending: Bool = true) {
    if case .arriving(let file) = transfer.state { file.close() }
    transfers[transfer.tag] = nil
    isBulk = false
    if isSending { drop(transfer.tag, transfer.size) }
    say(refusal, to: transfer.tag, Failed(transfer))
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
          wire: .native, startedAt: failed.startedAt, reason: reason, detail: why))
    }
  }
}

extension NativeConversation.Failed {
  init(_ transfer: Transfer) {
    self.init(
      id: transfer.id, name: transfer.name.text, size: Int64(clamping: transfer.size),
      startedAt: transfer.startedAt)
  }
}
