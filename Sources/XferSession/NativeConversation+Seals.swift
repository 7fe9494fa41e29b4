import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Transfers whose content is whole: they are verified and made durable, beside everything else, and handed to
/// the recorder.
extension NativeConversation {
  /// Nanoseconds between two messages that say that the receiver works.
  private static let workingPause: Int64 = 1_000_000_000

  func beginSeal(_ transfer: Transfer, _ file: IncomingFile) throws {
    isBulk = false
    let syncs = syncsHere(transfer)
    if sealer == nil, file.sealsLong(sync: syncs) {
      sealer = try Sealer(capacity: WireLimits.openFiles)
    }
    try file.beginSeal(sync: syncs, by: sealer)
    transfers[transfer.tag]?.state = .sealing(file)
    finishSeal(transfer.tag)
    if isSealing { context.slot.verify(file.verification) }
  }

  private func syncsHere(_ transfer: Transfer) -> Bool {
    context.options.isDurable && transfer.size >= SessionOptions.ownSync
  }

  /// Hands what is sealed by now to the recorder.
  func finishSeals() {
    guard isSealing else { return }
    sealer?.wakeup.clear()
    for transfer in transfers.values where transfer.sealing != nil { finishSeal(transfer.tag) }
    context.slot.verify(transfers.values.lazy.compactMap(\.sealing?.verification).first)
  }

  private func finishSeal(_ tag: UInt32) {
    guard let transfer = transfers[tag], let file = transfer.sealing else { return }
    do {
      guard let sealed = try file.sealed() else { return }
      Failpoint.pass("session.sealed")
      hand(transfer, file, sealed.digest)
    } catch {
      fail(transfer, error, isSending: false)
    }
  }

  private func hand(_ transfer: Transfer, _ file: IncomingFile, _ digest: Digest?) {
    let sealed = transfer.sealed(
      file, digest, isSynced: syncsHere(transfer), clientIP: context.clientIP)
    transfers[transfer.tag]?.state = .sealed
    if transfer.size > WireLimits.eager { notePromises() }
    tickets[context.recorder.ask { .publish(ticket: $0, sealed) }] = transfer.tag
  }

  var isSealing: Bool { transfers.values.contains { $0.sealing != nil } }

  /// True while an answer takes long for reasons of the receiver.
  var isWorking: Bool { transfers.values.contains { $0.sealing != nil || $0.isElsewhere } }

  // MARK: Telling the client

  /// Once a second: tells the client how far what it waits for is, and asks again for what another connection
  /// works on.
  func sayWorking() {
    let now = monotonicNanoseconds()
    guard isWorking, now - lastWorking >= NativeConversation.workingPause else { return }
    lastWorking = now
    for transfer in transfers.values {
      guard let progress = transfer.progress else { continue }
      if version >= 2 { client.say(.working(tag: transfer.tag, progress)) }
      if transfer.isElsewhere { askAgain(transfer) }
    }
  }

  private func askAgain(_ transfer: Transfer) {
    transfers[transfer.tag]?.state = .asked
    find(transfer)
  }

  /// Another process holds the file of this transfer. A client of version 2 waits for a session that reads the file
  /// again; any other holder is told to leave if its own client is silent, and the client to come back.
  func meetHolder(_ transfer: Transfer) throws {
    let takeover = Takeover(context)
    if version >= 2, let progress = takeover.verification(of: transfer.incomingID) {
      transfers[transfer.tag]?.state = .elsewhere(progress)
      context.log.debug(
        "waits for another session that verifies the file", metadata: ["name": "\(transfer.name)"])
    } else {
      throw takeover.attempt(transfer.incomingID)
    }
  }
}
