import Logging
import XferMetrics
import XferProtocol
import XferSystem
import XferText

// The outcomes of transfers in a session: counters, log lines and rows.
extension Refusal {
  static let recorderNotReady = Refusal(
    .unavailable, "the receiver cannot record transfers now", retryAfter: 5)
  static let shuttingDown = Refusal(.shuttingDown, "the receiver shuts down", retryAfter: 2)
}

extension SessionContext {
  /// Counts the failure of a connection, and logs it. Strangers can fail as often as they like, so
  /// that the receiver logs one failure of each reason in a second, with the number of those
  /// before.
  func note(_ failure: PeerFailure) {
    board.count(.connection, reason: failure.reason)
    var fields: Logger.Metadata = ["reason": "\(failure.reason.code)"]
    if !slot.isIdentified {
      guard let count = board.noteStranger(failure.reason) else { return }
      if count > 1 { fields["others"] = .stringConvertible(count - 1) }
    }
    log.notice("\(failure)", metadata: fields)
  }

  /// Counts a delivery and logs it in one line.
  func noteDelivery(_ receipt: Receipt, resumedAt: UInt64 = 0) {
    slot.countTransfer()
    log.info(
      receipt.word,
      metadata: receipt.details(resumedAt: resumedAt))
  }

  /// Waits for the reply to one request. For sessions that have nothing else to do.
  func answer(to ticket: UInt64) throws -> RecorderReply {
    try recorder.flush()
    while true {
      for reply in try recorder.replies() where reply.ticket == ticket { return reply }
    }
  }

  /// Counts a failed transfer, hands it to the recorder and waits until it is recorded.
  func recordFailure(_ failure: FailedTransfer) {
    board.count(.transfer, reason: failure.reason)
    let ticket = recorder.ask { .fail(ticket: $0, failure) }
    do {
      _ = try answer(to: ticket)
    } catch {
      log.error("could not record a failure", metadata: ["error": "\(error)"])
    }
  }
}

extension Receipt {
  /// The text of the log line.
  fileprivate var word: Logger.Message {
    switch standing {
    case .new: "received"
    case .there: "delivered before"
    case .removed: "delivered before, and removed since"
    }
  }

  /// The fields of the log line.
  func details(resumedAt: UInt64) -> Logger.Metadata {
    [
      "name": "\(name)", "bytes": .stringConvertible(size),
      "took": "\(Readable.duration(seconds: seconds))",
      "rate": "\(Readable.rate(rate(resumedAt: resumedAt)))",
      "sha256": "\(digest?.description ?? "none")",
    ]
  }
}
