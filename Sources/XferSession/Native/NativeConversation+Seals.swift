import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Transfers with complete content. They are verified and synced while the conversation goes on,
/// and then handed to the recorder.
extension NativeConversation {
  /// Starts the seal of a complete file, and hands the transfer over if the seal is done at once.
  func beginSeal(_ transfer: Transfer, of file: IncomingFile) throws {
    isBulk = false
    let syncs = syncsHere(transfer)
    if sealer == nil, file.sealsLong(sync: syncs) {
      sealer = try Sealer(capacity: WireLimits.openFiles)
    }
    try file.beginSeal(sync: syncs, by: sealer)
    order.seal(transfer.tag)
    finishSeal(of: transfer)
    if order.isSealing { showVerification() }
  }

  private func syncsHere(_ transfer: Transfer) -> Bool {
    context.options.isDurable && transfer.size >= SessionOptions.ownSync
  }

  /// Hands the transfers that are sealed by now to the recorder.
  func finishSeals() {
    guard order.isSealing else { return }
    sealer?.wakeup.clear()
    for transfer in transfers(in: .sealing) { finishSeal(of: transfer) }
    showVerification()
  }

  private func showVerification() {
    let transfer = transfers(in: .sealing).first
    context.slot.verify(
      transfer.flatMap { transfer in
        transfer.file.map { (transfer.incomingID, $0.verification) }
      })
  }

  private func finishSeal(of transfer: Transfer) {
    guard let file = transfer.file else { return }
    do {
      guard let sealed = try file.sealed() else { return }
      Failpoint.pass("session.sealed")
      handOver(transfer, file, digest: sealed.digest)
    } catch {
      fail(transfer, error)
    }
  }

  private func handOver(_ transfer: Transfer, _ file: IncomingFile, digest: Digest?) {
    let sealed = transfer.sealed(
      file, digest, isSynced: syncsHere(transfer), client: context.client)
    transfer.file = nil
    order.handOver(transfer.tag)
    if transfer.size > WireLimits.eager { updateReservation() }
    tickets[context.recorder.ask { .publish(ticket: $0, sealed) }] = transfer
  }
}
