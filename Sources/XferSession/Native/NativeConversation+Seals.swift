import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Transfers with complete content. They are verified and synced while the conversation goes on,
/// and then handed to the recorder.
extension NativeConversation {
  /// The time between two `working` messages of a transfer, in nanoseconds.
  private static let workingPause: Int64 = 1_000_000_000

  /// Starts the seal of a complete file, and hands the transfer over if the seal is done at once.
  func beginSeal(_ transfer: Transfer, of file: IncomingFile) throws {
    isBulk = false
    let syncs = syncsHere(transfer)
    if sealer == nil, file.sealsLong(sync: syncs) {
      sealer = try Sealer(capacity: WireLimits.openFiles)
    }
    try file.beginSeal(sync: syncs, by: sealer)
    transfers[transfer.tag]?.state = .sealing(file)
    finishSeal(transfer.tag)
    if isSealing { showVerification() }
  }

  private func syncsHere(_ transfer: Transfer) -> Bool {
    context.options.isDurable && transfer.size >= SessionOptions.ownSync
  }

  /// Hands the transfers that are sealed by now to the recorder.
  func finishSeals() {
    guard isSealing else { return }
    sealer?.wakeup.clear()
    for transfer in transfers.values where transfer.sealing != nil { finishSeal(transfer.tag) }
    showVerification()
  }

  private func showVerification() {
    let transfer = transfers.values.first { $0.sealing != nil }
    context.slot.verify(
      transfer.flatMap { transfer in
        transfer.sealing.map { (transfer.incomingID, $0.verification) }
      })
  }

  private func finishSeal(_ tag: UInt32) {
    guard let transfer = transfers[tag], let file = transfer.sealing else { return }
    do {
      guard let sealed = try file.sealed() else { return }
      Failpoint.pass("session.sealed")
      handOver(transfer, file, digest: sealed.digest)
    } catch {
      fail(transfer, error, isSending: false)
    }
  }

  private func handOver(_ transfer: Transfer, _ file: IncomingFile, digest: Digest?) {
    let sealed = transfer.sealed(
      file, digest, isSynced: syncsHere(transfer), client: context.client)
    transfers[transfer.tag]?.state = .sealed
    if transfer.size > WireLimits.eager { updateReservation() }
    tickets[context.recorder.ask { .publish(ticket: $0, sealed) }] = transfer.tag
  }

  /// True while a seal is not done.
  var isSealing: Bool { transfers.values.contains { $0.sealing != nil } }

  /// True while the client waits for a seal of this session or of another one.
  var isWorking: Bool { transfers.values.contains { $0.sealing != nil || $0.isElsewhere } }

  // MARK: Progress

  /// Once a second, reports the progress of seals to the client, and asks the recorder again about
  /// transfers that another session verifies.
  func reportProgress() {
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

  /// Handles a transfer if another process holds its file.
  ///
  /// If a session verifies the file, a client of version 2 waits for it. Otherwise the transfer is
  /// refused for now, and a holder with a silent client is asked to leave.
  func waitForHolder(_ transfer: Transfer) throws {
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
