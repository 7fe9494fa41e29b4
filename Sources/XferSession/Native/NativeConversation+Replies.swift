import XferLog
import XferProtocol
import XferSystem

/// The replies of the recorder, and the receipts that follow from them.
extension NativeConversation {
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

  /// Handles one reply. The client may have withdrawn the transfer since the recorder was asked.
  private func handle(_ reply: RecorderReply) {
    if answerHealthChecks(reply) || answerClaim(reply) { return }
    guard let transfer = tickets.removeValue(forKey: reply.ticket),
      transfers[transfer.tag] === transfer
    else { return }
    handle(reply, for: transfer)
  }

  private func handle(_ reply: RecorderReply, for transfer: Transfer) {
    switch reply {
    case .receipt(_, let receipt): deliver(transfer, with: receipt)
    case .refusal(_, let refusal): refuse(transfer, refusal, mayBeTold: true)
    case .enrolled, .completed: break  // not the reply to a request for a transfer
    case .done:
      do {
        try accept(transfer)
      } catch {
        fail(transfer, error)
      }
    }
  }

  private func deliver(_ transfer: Transfer, with receipt: Receipt) {
    guard receipt.name == transfer.name, receipt.size == transfer.size else {
      return refuse(
        transfer, Refusal(.exists, "this transfer was delivered as \"\(receipt.name)\""))
    }
    order.deliver(transfer.tag)
    transfers[transfer.tag] = nil
    Failpoint.pass("session.receipt")
    let id = transfer.announced.id
    client.say(.receipt(tag: transfer.tag, order.version > 1 ? receipt : receipt.naming(id)))
    context.noteDelivery(receipt, resumedAt: transfer.resumedAt)
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
