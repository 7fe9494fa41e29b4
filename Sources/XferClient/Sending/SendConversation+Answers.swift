import XferProtocol
import XferSystem

/// What becomes of a file by what the receiver says of it.
extension SendConversation {
  func handle(_ message: ReceiverMessage) throws {
    switch message {
    case .accept(let acceptance): accept(acceptance)
    case .receipt(let tag, let receipt): deliver(tag, receipt)
    case .refusal(0, _) where open.isEmpty && queue.isEmpty: isDone = true
    case .refusal(0, let refusal): throw ConnectionTrouble.refused(refusal)
    case .refusal(let tag, let refusal): refuse(tag, refusal)
    case .working(let tag, let progress): work(tag, progress)
    case .welcome, .pong, .row, .page, .end: break
    }
  }

  private func accept(_ acceptance: Acceptance) {
    guard var sending = open[acceptance.tag], let content = sending.content else { return }
    sending.offset = min(acceptance.offset, content.size)
    open[acceptance.tag] = sending
    sending.file.resumedAt = sending.offset
    if sending.offset > 0 { tell(.resumed(sending.file, at: sending.offset)) }
    if sending.offset < content.size { accepted.append(acceptance.tag) }
  }

  private func deliver(_ tag: UInt32, _ receipt: Receipt) {
    guard let sending = open[tag] else { return }
    close(tag)
    guard isAnswer(receipt, to: sending) else {
      return tell(.failed(sending.file, why: "the receipt that came is of another file"))
    }
    receipts.take(
      Delivery(
        file: sending.file, offered: sending.id, receipt: receipt,
        isOfThisRun: sending.file.mayBeDelivered && isOfThisRun(receipt),
        status: sending.status, digest: sending.digest?.digest(of: sending.file.size)))
  }

  /// From version 2 on the receipt of what was delivered and removed is that of the newest delivery that
  /// followed, which has an id of its own.
  private func isAnswer(_ receipt: Receipt, to sending: Sending) -> Bool {
    let isNewest = receipt.repeated && connection.welcome.version >= 2
    return (receipt.id == sending.id || isNewest) && receipt.name == sending.file.name
      && receipt.size == sending.file.size
  }

  /// The receiver is at work on it: as long as that goes on, it is waited for.
  private func work(_ tag: UInt32, _ progress: Progress) {
    if let sending = open[tag] { tell(.working(sending.file, progress)) }
  }

  /// Whether it was published since this run began: of a file that this run has sent before, it is the receipt that a
  /// connection lost. The receiver's clock is known as of when its greeting came, which is a little late: so what
  /// another run delivered just before this one is told apart by that this one has not sent it.
  private func isOfThisRun(_ receipt: Receipt) -> Bool {
    guard let now = connection.welcome.now, let greetedAt = connection.greetedAt else {
      return false
    }
    let (start, isAbsurd) = now.microseconds.subtractingReportingOverflow(
      (greetedAt - runStart) / 1000)
    return !isAbsurd && receipt.publishedAt.microseconds >= start
  }

  private func refuse(_ tag: UInt32, _ refusal: Refusal) {
    guard let sending = open[tag] else { return }
    let file = sending.file
    // A piece that is half sent must be sent whole: the receiver drops it.
    close(tag)
    switch refusal.reason {
    case .gone where !file.isDeliveredAnew:
      file.deliverAnew(.random(), as: sending.status)
      queue.putBack(file)
    case .corrupt: tryAgain(file, refusal.sentence)
    default: refuseOrWait(file, refusal)
    }
  }

  private func refuseOrWait(_ file: FileToSend, _ refusal: Refusal) {
    guard let seconds = refusal.retryAfter, mayWait() else { return tell(.refused(file, refusal)) }
    let pause = min(Double(max(seconds, 1)) * .random(in: 1...1.5), 3600)
    tell(.waiting(why: "\(file.name): \(refusal)", seconds: pause))
    queue.putBack(file, afterSeconds: pause)
  }
}
