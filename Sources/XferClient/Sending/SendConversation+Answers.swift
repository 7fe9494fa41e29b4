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
    case .working: break  // that it came shows that the receiver is there
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
    guard receipt.id == sending.id, receipt.name == sending.file.name,
      receipt.size == sending.file.size
    else {
      return tell(.failed(sending.file, why: "the receipt that came is of another file"))
    }
    // Another run delivered it, and it was taken away: whoever sends it again wants it there again.
    if receipt.standing == .removed, !isOfThisRun(receipt), sending.file.removals < 16 {
      return sendAnew(sending.file, as: TransferID(after: receipt))
    }
    tell(.delivered(sending.file, receipt))
  }

  /// Whether it was published since this run began: then it is the receipt that a connection lost before.
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
    case .gone where file.freshID == nil: sendAnew(file, as: .random())
    case .corrupt: tryAgain(file, refusal.sentence)
    default: refuseOrWait(file, refusal)
    }
  }

  private func sendAnew(_ file: FileToSend, as id: TransferID) {
    file.freshID = id
    file.removals += 1
    queue.putBack(file)
  }

  private func refuseOrWait(_ file: FileToSend, _ refusal: Refusal) {
    guard let seconds = refusal.retryAfter, mayWait() else { return tell(.refused(file, refusal)) }
    let pause = Double(max(seconds, 1)) * .random(in: 1...1.5)
    tell(.waiting(why: "\(file.name): \(refusal)", seconds: pause))
    queue.putBack(file, afterSeconds: pause)
  }
}
