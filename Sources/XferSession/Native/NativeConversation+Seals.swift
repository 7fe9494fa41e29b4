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
    try intake.beginSeal(file, of: transfer.announced)
    order.seal(transfer.tag)
    finishSeal(of: transfer)
    if order.isSealing { showVerification() }
  }

  /// Hands the transfers that are sealed by now to the recorder.
  func finishSeals() {
    guard order.isSealing else { return }
    intake.sealer?.wakeup.clear()
    for transfer in transfers(in: .sealing) { finishSeal(of: transfer) }
    showVerification()
  }

  private func showVerification() {
    let transfer = transfers(in: .sealing).first
    context.slot.verify(
      transfer.flatMap { transfer in
        transfer.file.map { (transfer.announced.incomingID, $0.verification) }
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
    let ticket = intake.handOver(
      transfer.announced, file, digest: digest, resumedAt: transfer.resumedAt)
    tickets[ticket] = transfer
    transfer.file = nil
    order.handOver(transfer.tag)
    if transfer.size > WireLimits.eager { updateReservation() }
  }
}
