import XferHistory
import XferProtocol
import XferStorage
import XferSystem

// The sealed files of a group, and the transfers that are answered before they have a row.
extension PublicationGroup {
  /// Returns nil if the transfer has been answered. A file that is missing may have been delivered,
  /// and its answer lost with an earlier recorder. Throws if the history is held.
  func hold(
    _ transfer: SealedTransfer, for ticket: Ticket
  ) throws(HistoryFailure) -> Held? {
    guard transfer.properties.hasContent else { return (ticket, transfer, nil) }
    do {
      return (ticket, transfer, try context.sealed.hold(transfer))
    } catch {
      try answer(ticket, for: transfer, or: error)
      return nil
    }
  }

  private func answer(
    _ ticket: Ticket, for transfer: SealedTransfer, or refusal: any Error
  ) throws(HistoryFailure) {
    do {
      if let receipt = try formerReceipt(of: transfer) {
        context.answer(ticket, repeating: receipt, in: transfer.set, of: transfer.client)
      } else {
        context.refuse(ticket, for: refusal)
      }
    } catch let failure as HistoryFailure where failure.isHeld {
      throw failure
    } catch {
      context.refuse(ticket, for: error)
    }
  }

  /// Syncs the files, and compares those with their digests that an earlier recorder may have
  /// failed to sync.
  func sync(_ held: [Held]) throws {
    // Also files that their sessions have synced have entries in `incoming/`, which are synced here.
    guard self.held.contains(where: { $0.file != nil }) else { return }
    try context.sealed.sync(held.compactMap(\.file))
    guard let moment = context.doubtfulBefore else { return }
    let doubtful = held.filter { $0.transfer.startedAt < moment }
    try context.sealed.compare(
      doubtful.compactMap { entry in entry.file.map { ($0, entry.transfer.digest) } })
  }

  /// Refuses all transfers that are held.
  func refuse(for error: any Error) {
    for entry in held {
      let refusal = context.refusal(for: error)
      context.discard(entry.transfer, after: refusal)
      entry.ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  /// Answers a transfer that was delivered before with its receipt again, and removes the content
  /// that was sent again.
  func answerDuplicate(_ entry: Held) {
    do {
      guard let receipt = try formerReceipt(of: entry.transfer) else {
        throw Refusal(.unavailable, "the history has a row for it, but no receipt", retryAfter: 5)
      }
      context.answer(
        entry.ticket, repeating: receipt, in: entry.transfer.set, of: entry.transfer.client)
      try? context.sealed.discard(entry.transfer.incomingID)
    } catch {
      context.refuse(entry.ticket, for: error)
    }
  }

  private func formerReceipt(of transfer: SealedTransfer) throws -> Receipt? {
    try context.receipts.receipt(
      of: transfer.id, from: transfer.client, triedAt: transfer.startedAt)
  }
}
