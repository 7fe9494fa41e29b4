import XferProtocol
import XferSystem

/// Handles the receiver's messages.
extension SendConversation {
  /// Throws if the receiver refuses the connection.
  func handle(_ message: ReceiverMessage) throws {
    switch message {
    case .accept(let acceptance): accept(acceptance)
    case .receipt(let tag, let receipt): deliver(tag, with: receipt)
    case .refusal(0, _) where open.isEmpty && run.queue.isEmpty: isDone = true
    case .refusal(0, let refusal): throw ConnectionFailure.refused(refusal)
    case .refusal(let tag, let refusal): refuse(tag, with: refusal)
    case .working(let tag, let progress):
      if let offer = open[tag] { run.report.note(.working(offer.file, progress)) }
    case .completed, .set, .member: break
    case .welcome, .pong, .row, .page, .end: break
    }
  }

  private func accept(_ acceptance: Acceptance) {
    guard var offer = open[acceptance.tag], let content = offer.content else { return }
    offer.offset = min(acceptance.offset, content.size)
    open[acceptance.tag] = offer
    offer.file.resumedAt = offer.offset
    offer.file.position = offer.offset
    if offer.offset > 0 { run.report.note(.resumed(offer.file, at: offer.offset)) }
    if offer.offset < content.size { accepted.append(acceptance.tag) }
  }

  private func deliver(_ tag: UInt32, with receipt: Receipt) {
    guard let offer = open[tag] else { return }
    close(tag)
    offer.file.noteEnd()
    guard isReply(receipt, to: offer) else {
      return run.report.note(
        .failed(offer.file, why: "the receiver sent a receipt for another file"))
    }
    run.receipts.take(
      Delivery(
        file: offer.file, offered: offer.id, receipt: receipt,
        isOfThisRun: offer.file.mayBeDelivered && isOfThisRun(receipt),
        status: offer.status, digest: offer.digest?.digest(of: offer.file.size)))
  }

  /// Returns true if the receipt matches the offer. In version 2 and later, the receipt for a
  /// delivery that was removed is that of the newest delivery that followed, which has another id.
  private func isReply(_ receipt: Receipt, to offer: OpenOffer) -> Bool {
    let isNewest = receipt.repeated && connection.welcome.version >= 2
    return (receipt.id == offer.id || isNewest)
      && receipt.name == connection.welcome.publishedName(of: offer.file.name)
      && receipt.size == offer.file.size
  }

  /// Returns true if the file was published after this run began. If this run has sent the file
  /// before, then this is the receipt that a connection lost. The receiver's clock is known only as
  /// of its greeting, which is a little late, so a delivery by another run just before this one may
  /// look like one of this run. The caller therefore also checks that this run has sent the file.
  private func isOfThisRun(_ receipt: Receipt) -> Bool {
    guard let now = connection.welcome.now, let greetedAt = connection.greetedAt else {
      return false
    }
    let (start, overflow) = now.microseconds.subtractingReportingOverflow(
      (greetedAt - run.start) / 1000)
    return !overflow && receipt.publishedAt.microseconds >= start
  }

  private func refuse(_ tag: UInt32, with refusal: Refusal) {
    guard let offer = open[tag] else { return }
    let file = offer.file
    // A segment that is partly sent must be completed: the receiver discards it.
    close(tag)
    switch refusal.reason {
    case .gone where !file.hasReplacementID:
      file.replaceID(with: .random(), as: offer.status)
      run.queue.putBack(file)
    case .corrupt: retry(file, because: refusal.sentence)
    default: refuseOrWait(file, refusal: refusal)
    }
  }

  private func refuseOrWait(_ file: FileToSend, refusal: Refusal) {
    guard let seconds = refusal.retryAfter, run.report.mayWait else {
      return run.report.note(.refused(file, refusal))
    }
    let pause = min(
      Duration.seconds(Int64(max(seconds, 1))) * Double.random(in: 1...1.5), .seconds(3600))
    run.report.note(.waiting(why: "\(file.name): \(refusal)", pause: pause))
    run.queue.putBack(file, after: pause)
  }
}
