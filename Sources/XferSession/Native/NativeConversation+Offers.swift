import Logging
import XferProtocol
import XferStorage
import XferSystem

/// The beginning of a transfer: the offer, the question to the recorder, and the acceptance.
extension NativeConversation {
  /// Begins the transfer of an offer, or refuses it.
  func begin(_ offer: Offer) {
    do {
      begin(Transfer(offer, name: try admit(offer), client: context.client))
    } catch {
      refuse(offer, error)
    }
  }

  private func begin(_ transfer: Transfer) {
    transfers[transfer.tag] = transfer
    if !transfer.isEager { return find(transfer) }
    guard transfer.size == 0 else { return }
    do {
      try receiveEmpty(transfer)
    } catch {
      fail(transfer, error)
    }
  }

  private func admit(_ offer: Offer) throws(Refusal) -> FileName {
    try intake.checkRunning()
    try intake.checkRights()
    try intake.checkSize(offer.size)
    guard offer.attributes.unknownMandatory(known: []).isEmpty else {
      throw Refusal(
        .notSupported, "the offer has a mandatory attribute that this version does not support")
    }
    do {
      return try intake.place(try FileName(bytes: offer.name))
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(.badName, "\(error)")
    }
  }

  /// Asks the recorder for an earlier delivery of the transfer.
  func find(_ transfer: Transfer) {
    let ticket = context.recorder.ask {
      .find(ticket: $0, transfer.announced.id, client: context.client, size: transfer.size)
    }
    tickets[ticket] = transfer
  }

  /// Accepts a transfer that the recorder does not have, from the offset at which its file ends.
  func accept(_ transfer: Transfer) throws {
    Failpoint.pass("session.found")
    if let obstacle = try intake.obstacle(to: transfer.name) {
      return try checkAgain(transfer, before: obstacle)
    }
    guard order.openFiles < WireLimits.openFiles else {
      throw Refusal(
        .busy, "\(WireLimits.openFiles) files of this connection are open already", retryAfter: 1)
    }
    // The file is locked before its length is sent, so that no other session can change it.
    let options = context.options.contentOptions
    guard let file = try intake.open(transfer.announced, options: options) else {
      return try waitForHolder(transfer)
    }
    intake.takeUp(file)
    try accept(transfer, with: file)
  }

  private func accept(_ transfer: Transfer, with file: IncomingFile) throws {
    transfer.file = file
    transfer.resumedAt = UInt64(file.received)
    order.accept(transfer.tag, from: transfer.resumedAt)
    updateReservation()
    client.say(.accept(Acceptance(tag: transfer.tag, offset: transfer.resumedAt)))
    Failpoint.pass("session.accepted")
    if file.isWhole { try beginSeal(transfer, of: file) }
  }

  /// Asks the recorder once more before a taken name is refused. An earlier connection may have
  /// published this very transfer since the recorder was asked.
  private func checkAgain(_ transfer: Transfer, before obstacle: Refusal) throws {
    if transfer.isAskedAgain { throw obstacle }
    transfer.isAskedAgain = true
    find(transfer)
  }

  /// Shows the bytes that this session has admitted and the file system has not reserved.
  func updateReservation() {
    intake.space.reserve(transfers.values.reduce(0) { $0 + $1.unreserved })
  }
}
