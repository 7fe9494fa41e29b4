import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem
import XferText

// The outcomes of transfers in a session: counters, log lines and refusals.
extension Refusal {
  static let recorderNotReady = Refusal(
    .unavailable, "the receiver cannot record transfers now", retryAfter: 5)
  static let shuttingDown = Refusal(.shuttingDown, "the receiver shuts down", retryAfter: 2)
}

extension SessionContext {
  /// Counts received content bytes for the receiver and for this session.
  func count(received bytes: Int) {
    board.add(.bytesReceived, by: Int64(bytes))
    slot.count(bytes: bytes)
  }

  /// Removes a resumed file from the client's share of partial files: all of it, including content
  /// that is not valid any more, because all of it was counted.
  func takeUp(_ file: IncomingFile) {
    if file.found > 0 { board.partials.remove(client.key, bytes: file.found) }
  }

  /// Releases a file that is not sealed. It is kept to be resumed if the client's share allows it.
  /// A write error is logged here, because no later call reports it.
  func release(_ file: IncomingFile) {
    let bytes = file.keepable
    let isKept =
      bytes == 0 || board.partials.add(client.key, bytes: bytes, limits: options.partials)
    file.close(keeping: isKept)
    if !isKept {
      log.notice("keeps no more partial files of this client, and removed one")
    }
    guard let failure = file.failure else { return }
    log.error("could not write a file", metadata: ["error": "\(failure)"])
  }

  /// Refuses a file if the data directory is not the one that was opened, before its content is
  /// sent in vain. Readiness ends then, until the next probe of the recorder succeeds.
  func checkPlace() throws(Refusal) {
    do {
      try options.data.checkPlace()
    } catch {
      if error is UnusableDataDirectory { board.set(.directoryUnusable, 1) }
      throw refusal(for: error)
    }
  }

  /// Returns the refusal that the client receives for an error, and logs the error.
  func refusal(for error: any Error) -> Refusal {
    let error = (error as? FailedSync)?.cause ?? error
    if let damage = error as? DamagedContent {
      log.error("\(damage); the sender sends the rest again")
      return Refusal(.corrupt, "\(damage); send the rest again", retryAfter: 0)
    }
    if !(error is Refusal) {
      log.error("could not receive a file", metadata: ["error": "\(error)"])
    }
    return Refusal(error)
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
