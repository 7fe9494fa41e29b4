import Logging
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem
import XferText

extension Refusal {
  static let recorderNotReady = Refusal(
    .unavailable, "the receiver cannot record transfers now", retryAfter: 5)
  static let shuttingDown = Refusal(.shuttingDown, "the receiver shuts down", retryAfter: 2)
}

extension SessionContext {
  func count(received bytes: Int) {
    board.add(.bytesReceived, Int64(bytes))
    slot.count(bytes: bytes)
  }

  /// A file of which an earlier session has brought a part.
  func takeUp(_ file: IncomingFile) {
    if file.resumedAt > 0 { board.partials.remove(clientIP, bytes: file.resumedAt) }
  }

  /// Lets go of a file that is not sealed. What is in is kept to be resumed, within the client's share; an error of
  /// the disk is told here or nowhere.
  func letGo(_ file: IncomingFile) {
    let bytes = file.received
    let isKept =
      bytes == 0 || board.partials.add(clientIP, bytes: bytes, options.partials)
    file.close(keeping: isKept)
    if !isKept {
      log.notice("keeps no more partial files of this client, and removed one")
    }
    guard let failure = file.failure else { return }
    log.error("could not write a file", metadata: ["error": "\(failure)"])
  }

  /// What the client is told of an error; the log tells what it was.
  func refusal(for error: any Error) -> Refusal {
    let error = (error as? FailedSync)?.cause ?? error
    if let damage = error as? DamagedContent {
      log.error("\(damage); the sender sends the rest again")
      return Refusal(.corrupt, "\(damage); send the rest again", retryAfter: 0)
    }
    if !(error is Refusal) { log.error("could not take a file", metadata: ["error": "\(error)"]) }
    return Refusal(error)
  }

  /// One line for each finished transfer.
  func noteDelivery(_ receipt: Receipt, resumedAt: UInt64 = 0) {
    slot.countTransfer()
    log.info(
      receipt.word,
      metadata: receipt.details(resumedAt: resumedAt))
  }

  /// Waits for the answer to one request, where the session has nothing else to do.
  func answer(to ticket: UInt64) throws -> RecorderReply {
    try recorder.flush()
    while true {
      for reply in try recorder.replies() where reply.ticket == ticket { return reply }
    }
  }

  /// Hands a failure to the recorder and waits until it is written down.
  func recordFailure(_ failure: FailedTransfer) {
    board.count(.transfer, failure.reason)
    let ticket = recorder.ask { .fail(ticket: $0, failure) }
    do {
      _ = try answer(to: ticket)
    } catch {
      log.error("could not record a failure", metadata: ["error": "\(error)"])
    }
  }
}

extension Receipt {
  /// What the log calls it.
  fileprivate var word: Logger.Message {
    switch standing {
    case .new: "received"
    case .there: "delivered before"
    case .removed: "delivered before, and removed since"
    }
  }

  /// What a line of the log says of it.
  func details(resumedAt: UInt64) -> Logger.Metadata {
    [
      "name": "\(name)", "bytes": .stringConvertible(size),
      "took": "\(Readable.duration(seconds: seconds))",
      "rate": "\(Readable.rate(rate(resumedAt: resumedAt)))",
      "sha256": "\(digest?.description ?? "none")",
    ]
  }
}
