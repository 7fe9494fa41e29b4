import Logging
import SystemPackage
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The native protocol of docs/protocol.md. It has many transfers and questions on one connection,
/// and none of them waits for another.
final class NativeConversation {
  let client: ClientConnection
  let context: SessionContext
  /// The transfers by tag, from the offer until the receipt or the refusal is queued.
  var transfers: [UInt32: Transfer] = [:]
  /// The tags of transfers by the ticket of their request to the recorder.
  var tickets: [UInt64: UInt32] = [:]
  var healthChecks = HealthChecks()
  /// The history; nil before the first question about it.
  var history: HistoryReader?
  /// The number of questions that are answered in one turn.
  private static let questionsATurn = 16
  /// The sizes of refused transfers by tag, while their content still arrives and is discarded.
  var dropping: [UInt32: UInt64] = [:]
  /// Collects content that arrives in several reads, and overlaps receiving, writing and hashing of
  /// large files.
  let pipeline = ContentPipeline()
  /// True if the client has closed its sending side.
  var peerHasEnded = false
  /// The protocol version of this connection.
  private(set) var version: UInt16 = 1
  /// Carries out seals that take long; nil before the first such seal.
  var sealer: Sealer?
  /// The time of the last message that was not a ping, on the monotonic clock in nanoseconds.
  var lastRequest = monotonicNanoseconds()
  /// The time of the last `working` message, on the monotonic clock in nanoseconds.
  var lastWorking: Int64 = 0
  /// True in the middle of a large file. Then only the next header is read ahead, so that content
  /// is received directly into the block.
  var isBulk = false
  /// True if `isBulk`, and the memory that the first content had filled in the input is released.
  var isInputReleased = false

  init(_ client: ClientConnection, in context: SessionContext) {
    self.client = client
    self.context = context
  }

  /// Serves the client until all is answered or the connection fails.
  func run() throws {
    client.say(raw: WireLimits.magic)
    do {
      try greet()
      while try turn() {}
      client.linger()
      try finishWithRecorder()
    } catch let error as WireError {
      let failure = PeerFailure(error)
      breakOff(failure)
      throw failure
    } catch let failure as PeerFailure {
      breakOff(failure)
      throw failure
    }
  }

  /// Handles the input, sends the answers and waits. Returns false if the conversation is over.
  private func turn() throws -> Bool {
    let hasMore = try handleInput()
    finishSeals()
    if context.ending.isDraining { drain() }
    reportProgress()
    try context.recorder.flush()
    Failpoint.pass("session.asked")
    try client.flush()
    if hasMore {
      try handleRepliesAtHand()
      return true
    }
    if peerHasEnded, !isFull { try checkInputIsComplete() }
    if peerHasEnded, !context.recorder.isWaiting, !isWorking { return false }
    if context.ending.isDraining, transfers.isEmpty, !context.recorder.isWaiting {
      client.say(.refusal(tag: 0, .shuttingDown))
      return false
    }
    try wait()
    return true
  }

  /// Handles the available input. Returns true if the rest must wait for the next turn, because
  /// this one has answered its number of questions.
  private func handleInput() throws -> Bool {
    var questions = 0
    while !isFull, let frame = try client.input.nextFrame() {
      let message = try ClientMessage(frame)
      try handle(message)
      if case .ask = message { questions += 1 }
      if questions == NativeConversation.questionsATurn { return true }
    }
    return false
  }

  private func handle(_ message: ClientMessage) throws {
    if case .ping = message {} else { lastRequest = monotonicNanoseconds() }
    switch message {
    case .hello: throw WireError("a second greeting on one connection")
    case .offer(let offer): try take(offer)
    case .content(let header): try takeContent(header)
    case .withdraw(let withdrawal): withdraw(withdrawal)
    case .ping(let ping): client.say(.pong(ping))
    case .ask(let question): try answer(question)
    }
  }

  private static let cutShort = PeerFailure(.cut, "the connection ended before the greeting")

  private func greet() throws {
    guard try readMagic() else {
      throw WireError("it does not begin with the four bytes of xfer", isDamage: true)
    }
    while true {
      if let frame = try client.input.nextFrame() { return try welcome(try ClientMessage(frame)) }
      guard try client.fillHeader() else { throw NativeConversation.cutShort }
    }
  }

  private func readMagic() throws -> Bool {
    while client.input.count < WireLimits.magic.count {
      guard try client.fillHeader() else { throw NativeConversation.cutShort }
    }
    return client.input.take(WireLimits.magic.count).elementsEqual(WireLimits.magic)
  }

  private func welcome(_ message: ClientMessage) throws {
    guard case .hello(let hello) = message else {
      throw WireError("the first message is not a greeting")
    }
    guard hello.version >= 1, hello.attributes.unknownMandatory(known: []).isEmpty else {
      throw PeerFailure(.notSupported, "this receiver speaks version 1 or 2, without identities")
    }
    context.log.debug("greeted", metadata: ["agent": "\(hello.agent)"])
    version = min(hello.version, WireLimits.version)
    client.say(.welcome(Welcome(version: version, agent: "xferd", now: .now)))
  }

  // MARK: Ending

  /// Refuses accepted transfers without content. Transfers in progress may finish.
  private func drain() {
    for transfer in transfers.values {
      switch transfer.state {
      case .arriving(let file) where file.received == 0: refuse(transfer, .shuttingDown)
      case .elsewhere: refuse(transfer, .shuttingDown, isSending: false)
      default: break
      }
    }
  }

  /// Ends the conversation after a failure: refuses, records the transfers in progress as failed,
  /// and waits for those that are sealed.
  private func breakOff(_ failure: PeerFailure) {
    if failure.reason != .cut {
      client.say(.refusal(tag: 0, failure.refusal))
      client.linger()
    }
    for transfer in transfers.values where !transfer.isSealed && transfer.sealing == nil {
      cutOff(transfer, because: failure)
    }
    try? finishWithRecorder()
  }

  private func cutOff(_ transfer: Transfer, because failure: PeerFailure) {
    if let file = transfer.file { context.release(file) }
    let detail = "\(failure.description) after \(transfer.received) of \(transfer.size) bytes"
    transfers[transfer.tag] = nil
    record(Failed(transfer), failure.reason, detail)
  }

  /// Waits for seals and for the recorder, because a complete file is delivered even if the
  /// connection has failed. If the time of the shutdown is over, the files of unfinished seals are
  /// kept.
  private func finishWithRecorder() throws {
    while true {
      finishSeals()
      try context.recorder.flush()
      if !isSealing, !context.recorder.isWaiting { return }
      try waitForRecorderAndSeals()
      if isSealing, context.ending.isOutOfTime { abandonSeals() }
    }
  }

  private func waitForRecorderAndSeals() throws {
    var set = PollSet()
    _ = set.add(context.ending.signals.descriptor, .read)
    let recorder = context.recorder.descriptor.map { set.add($0, .read) }
    if let sealer, isSealing { _ = set.add(sealer.wakeup.descriptor, .read) }
    try set.wait(milliseconds: 1000)
    context.ending.readSignals()
    if let recorder, set.isReadable(recorder) { try handleReplies() }
  }

  private func abandonSeals() {
    let failure = PeerFailure(.shuttingDown, "the receiver shuts down")
    for transfer in transfers.values where transfer.sealing != nil {
      cutOff(transfer, because: failure)
    }
  }
}
