import SystemPackage
import XferProtocol
import XferSystem

/// Sends files over one connection. Offers run ahead of content, small files travel with their
/// offers, and receipts arrive meanwhile. `run` returns when the queue is empty and every offer has
/// a reply. It throws if the connection fails; then `requeueUnanswered` returns the open offers to
/// the queue.
final class SendConversation {
  /// The maximum number of bytes after one content frame, within the receiver's limit.
  static let block = 1 << 20
  /// The maximum number of attempts for a file that changes or arrives damaged.
  private static let tries = 5

  let connection: ReceiverConnection
  let queue: SendQueue
  /// The start of this run, by `bootNanoseconds`.
  let runStart: Int64
  /// The identity of this machine, for the ids of its files.
  let machine: String
  let receipts: Receipts
  /// Returns true as long as the run may wait for the receiver.
  let mayWait: () -> Bool
  let report: (SendEvent) -> Void
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
  /// True if the receiver ended the connection when there was nothing left to send.
  var isDone = false
  let buffer = AlignedBuffer(size: block)
  let directories = ResolvedDirectories()
  let sources = SourceFiles()

  init(
    _ connection: ReceiverConnection, queue: SendQueue, receipts: Receipts, runStart: Int64,
    machine: String, mayWait: @escaping () -> Bool, report: @escaping (SendEvent) -> Void
  ) {
    self.runStart = runStart
    self.machine = machine
    self.receipts = receipts
    self.connection = connection
    self.queue = queue
    self.mayWait = mayWait
    self.report = report
  }

  /// Sends until the queue is empty and every offer has a reply. Throws if the connection fails.
  func run() throws {
    while true {
      try handleMessages()
      let wantsToSend = try sendOrReadRefusal()
      if isDone || (open.isEmpty && queue.isEmpty && !wantsToSend) { return }
      let pause = mayOffer && !wantsToSend ? min(queue.pause?.milliseconds ?? 1000, 1000) : 1000
      try connection.wait(for: wantsToSend ? .both : .read, milliseconds: pause)
    }
  }

  /// Sends what it can. If sending fails, the reason may have been received already: a refusal, or
  /// bytes from a server that is not a receiver. These are handled first.
  private func sendOrReadRefusal() throws -> Bool {
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
    report(.connected)
    reportSent()
  }

  /// Reports the content that was sent before the greeting.
  func reportSent() {
    for (file, bytes) in sentBeforeGreeting {
      report(.sent(bytes, isNew: file.advance(to: bytes)))
    }
    sentBeforeGreeting = []
  }

  /// Returns the files without a reply to the queue, after the connection has failed.
  func requeueUnanswered() {
    for offer in open.values {
      if offer.isSent { offer.file.mayBeDelivered = true }
      queue.putBack(offer.file)
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
      report(.failed(file, why: "\(why), \(SendConversation.tries) times"))
    } else {
      queue.putBack(file, after: .milliseconds(200))
    }
  }
}
