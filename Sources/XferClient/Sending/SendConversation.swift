import SystemPackage
import XferProtocol
import XferSystem

/// Sends files over one connection. Offers run ahead of content, small files travel with their
/// offers, and receipts arrive meanwhile. `converse` returns when the queue is empty and every offer
/// has a reply. It throws if the connection fails; then `requeueUnanswered` returns the open offers to
/// the queue.
final class SendConversation {
  /// The maximum number of bytes after one content frame, within the receiver's limit.
  static let block = 1 << 20
  /// The maximum number of attempts for a file that changes or arrives damaged.
  private static let tries = 5

  /// The number of large files that are offered and not complete: if there is one conversation, and
  /// if others wait for files, too.
  static let (manyAhead, fewAhead) = (16, 2)
  /// The time in which the replies to what was sent whole must come after the run was stopped.
  private static let patience = Duration.seconds(5)

  /// The end of a conversation.
  enum End {
    /// It has no file any more, and others go on.
    case left
    /// Every file that can be offered now has its reply.
    case finished
    /// The run was stopped.
    case stopped
  }

  let connection: ReceiverConnection
  let run: SendRun
  /// Offers without a reply, by tag.
  var open: [UInt32: OpenOffer] = [:]
  /// Accepted large files, in the order of their acceptance. The first one is being sent.
  var accepted: [UInt32] = []
  var largeOffered = 0
  var lastTag: UInt32 = 0
  var output = WireWriter()
  var outputSent = 0
  var segment: ContentSegment?
  private(set) var isGreetingReported = false
  /// Content that was sent before the receiver replied to the greeting. The peer may not be a
  /// receiver, so it is reported as sent only after the greeting.
  var sentBeforeGreeting: [(file: FileToSend, bytes: UInt64)] = []
  /// The tag of the claim of the set that has no reply yet; nil if there is none.
  var claim: UInt32?
  /// True if the receiver ended the connection when there was nothing left to send.
  var isDone = false
  /// The time at which the conversation noticed that the run was stopped; nil if it was not.
  private(set) var stoppedAt: MonotonicTime?
  let buffer = AlignedBuffer(size: block)
  let directories = ResolvedDirectories()
  let sources = SourceFiles()

  init(_ connection: ReceiverConnection, _ run: SendRun) {
    self.connection = connection
    self.run = run
  }

  /// Sends until the queue is empty and every offer has a reply, or the run is stopped. Throws if
  /// the connection fails.
  func converse() throws -> End {
    while true {
      try handleMessages()
      let sending = try sendOrReadRefusal()
      if isDone { return run.queue.leave() ? .left : .finished }
      if open.isEmpty, !hasOutput, run.queue.isStageEmpty {
        if run.queue.leave() { return .left }
        if run.queue.isEmpty, !run.receipts.hasUnread, claimSet() {
          try wait(sendOrReadRefusal())
        } else if run.queue.isEmpty || run.receipts.hasUnread {
          return .finished
        }
      } else {
        try wait(sending)
      }
      if isStopComplete {
        requeueUnanswered()
        return .stopped
      }
    }
  }

  /// True if there is something to send without another offer.
  private var hasOutput: Bool { !output.isEmpty || segment != nil || !accepted.isEmpty }

  private func wait(_ sending: Sending) throws {
    var pause = Duration.seconds(1)
    switch sending {
    case .idle where connection.isGreeted && mayOffer: pause = min(pause, run.queue.pause ?? pause)
    case .limited(let time): pause = min(pause, time)
    case .idle, .full: break
    }
    try connection.wait(
      for: sending.isFull ? .both : .read, milliseconds: pause.milliseconds,
      or: stoppedAt == nil ? run.stop.descriptor : nil)
  }

  /// True if the run was stopped, and the replies to what was sent whole have come, or are late.
  private var isStopComplete: Bool {
    guard run.stop.isStopped else { return false }
    let stoppedAt = stoppedAt ?? .now
    self.stoppedAt = stoppedAt
    let isDrained = output.isEmpty && segment == nil && !open.values.contains(where: \.isSent)
    return isDrained || stoppedAt.elapsed > SendConversation.patience
  }

  /// Sends what it can. If sending fails, the reason may have been received already: a refusal, or
  /// bytes from a server that is not a receiver. These are handled first.
  private func sendOrReadRefusal() throws -> Sending {
    do {
      return try send()
    } catch {
      try connection.receiveRefusal()
      try handleMessages()
      throw error
    }
  }

  private func handleMessages() throws {
    while let message = try connection.message() {
      reportGreeting()
      try handle(message)
    }
    reportGreeting()
  }

  private func reportGreeting() {
    guard connection.isGreeted, !isGreetingReported else { return }
    isGreetingReported = true
    run.report.note(.connected)
    reportSent()
  }

  /// Reports the content that was sent before the greeting.
  func reportSent() {
    for (file, bytes) in sentBeforeGreeting {
      run.report.note(.sent(file, bytes, isNew: file.advance(to: bytes)))
    }
    sentBeforeGreeting = []
  }

  /// Returns the files without a reply to the queue, after the connection has failed.
  func requeueUnanswered() {
    for offer in open.values {
      if offer.isSent { offer.file.mayBeDelivered = true }
      run.queue.putBack(offer.file)
    }
    open = [:]
  }

  /// Removes an offer that has its reply or was withdrawn.
  func close(_ tag: UInt32) {
    removeAccepted(tag)
    if open.removeValue(forKey: tag)?.content != nil { largeOffered -= 1 }
  }

  func removeAccepted(_ tag: UInt32) { accepted.removeAll { $0 == tag } }

  /// Returns a file to the queue, or reports it as failed after the last attempt.
  func retry(_ file: FileToSend, because why: String) {
    file.failedTries += 1
    if file.failedTries >= SendConversation.tries {
      run.report.note(.failed(file, why: "\(why), \(SendConversation.tries) times"))
    } else {
      run.queue.putBack(file, after: .milliseconds(200))
    }
  }
}
