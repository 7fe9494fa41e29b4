import Logging
import XferProtocol
import XferStorage
import XferSystem

/// The beginning of a transfer: the offer, the question to the recorder, and the acceptance.
extension NativeConversation {
  /// Begins the transfer of an offer, or refuses it.
  func begin(_ offer: Offer) {
    do {
      let name = try admit(offer)
      begin(
        Transfer(
          offer, name: name, properties: intake.kept(try offer.properties()),
          client: context.client, set: set))
    } catch {
      refuse(offer, error)
    }
  }

  private func begin(_ transfer: Transfer) {
    transfers[transfer.tag] = transfer
    if !transfer.isEager { return find(transfer) }
    guard transfer.size == 0 else { return }
    guard transfer.announced.properties.hasContent else { return handOver(transfer) }
    do {
      try receiveEmpty(transfer)
    } catch {
      fail(transfer, error)
    }
  }

  /// Hands a directory or a link to the recorder, for which no content follows.
  private func handOver(_ transfer: Transfer) {
    order.seal(transfer.tag)
    tickets[intake.handOver(transfer.announced)] = transfer
    order.handOver(transfer.tag)
  }

  private func admit(_ offer: Offer) throws(Refusal) -> FileName {
    try intake.checkRunning()
    try intake.checkRights()
    try intake.checkSize(offer.size)
    guard offer.attributes.unknownMandatory(known: Offer.mandatory).isEmpty else {
      throw Refusal(
        .notSupported, "the offer has a mandatory attribute that this version does not support")
    }
    return try intake.place(try intake.name(offer.name))
  }

  /// Asks the recorder for an earlier delivery of the transfer.
  func find(_ transfer: Transfer) {
    let ticket = context.recorder.ask {
      .find(
        ticket: $0, transfer.announced.id, client: context.client, size: transfer.size, set: set)
    }
    tickets[ticket] = transfer
  }

  /// Accepts a transfer that the recorder does not have, from the offset at which its file ends.
  func accept(_ transfer: Transfer) throws {
    Failpoint.pass("session.found")
    if let obstacle = try intake.obstacle(to: transfer.announced) {
      return try checkAgain(transfer, before: obstacle)
    }
    guard transfer.announced.properties.hasContent else { return acceptWithoutContent(transfer) }
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

  private func acceptWithoutContent(_ transfer: Transfer) {
    order.accept(transfer.tag, from: 0)
    client.say(.accept(Acceptance(tag: transfer.tag, offset: 0)))
    handOver(transfer)
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
