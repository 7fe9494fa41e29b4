import Logging
import XferMetrics
import XferProtocol
import XferStorage

/// Transfers that end without a receipt: refused, withdrawn or cut off.
extension NativeConversation {
  /// Refuses an offer that did not become a transfer.
  func refuse(_ offer: Offer, _ refusal: Refusal) {
    order.refuse(offer.tag)
    client.say(.refusal(tag: offer.tag, refusal))
    record(FailedOffer(offer), refusal.reason, refusal.sentence)
  }

  /// Refuses a transfer because of an error of the receiver, and releases its file.
  func fail(_ transfer: Transfer, _ error: any Error) {
    transfer.file?.giveUp(error)
    refuse(transfer, intake.refusal(for: error))
  }

  /// Refuses a transfer and releases its file. The rest of its content is discarded. `mayBeTold` is
  /// true if the recorder has refused it, and may have recorded that already.
  func refuse(_ transfer: Transfer, _ refusal: Refusal, mayBeTold: Bool = false) {
    order.refuse(transfer.tag)
    end(transfer)
    client.say(.refusal(tag: transfer.tag, refusal))
    record(FailedOffer(transfer, mayBeTold: mayBeTold), refusal.reason, refusal.sentence)
  }

  /// Records a transfer that the client has given up.
  func withdraw(_ withdrawal: Withdrawal) {
    guard let transfer = transfers[withdrawal.tag] else { return }
    end(transfer)
    record(FailedOffer(transfer), .withdrawn, PeerText.shortened(withdrawal.why))
  }

  /// Ends a transfer because its connection has failed.
  func cutOff(_ transfer: Transfer, because failure: PeerFailure) {
    order.cutOff(transfer.tag)
    let received = end(transfer)
    record(
      FailedOffer(transfer), failure.reason,
      "\(failure.description) after \(received) of \(transfer.size) bytes")
  }

  /// Forgets a transfer and releases its file. Returns the number of bytes that it had received and
  /// that are in the file.
  @discardableResult
  private func end(_ transfer: Transfer) -> Int64 {
    if let file = transfer.file { intake.release(file) }
    defer { transfer.file = nil }
    transfers[transfer.tag] = nil
    isBulk = false
    return transfer.received
  }

  /// Counts and logs a failed transfer, and hands it to the recorder.
  private func record(_ failed: FailedOffer, _ reason: Reason, _ why: String) {
    context.board.count(.transfer, reason: reason)
    context.log.notice(
      "not received: \(why)", metadata: ["name": "\(failed.name)", "reason": "\(reason.code)"])
    _ = context.recorder.ask {
      .fail(ticket: $0, failed.row(of: context.client, reason: reason, detail: why, set: set))
    }
  }
}
