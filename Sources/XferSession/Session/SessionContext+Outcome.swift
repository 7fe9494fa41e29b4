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
  /// Counts the failure of a connection, and logs it. Strangers can make handshakes fail as often
  /// as they like, so that the receiver logs one in a second.
  func note(_ failure: PeerFailure) {
    board.count(.connection, reason: failure.reason)
    let isStrangers = failure.reason == .handshake || failure.reason == .unknownClient
    if isStrangers, !board.mayLogStranger() { return }
    log.notice("\(failure)", metadata: ["reason": "\(failure.reason.code)"])
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
