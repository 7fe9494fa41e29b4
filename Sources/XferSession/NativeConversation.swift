import Logging
import SystemPackage
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The native protocol, as docs/protocol.md has it: many transfers and questions on one connection,
/// none of which waits for another.
final class NativeConversation {
  let client: ClientConnection
  let context: SessionContext
  /// By tag: from the offer until the receipt or the refusal is said.
  var transfers: [UInt32: Transfer] = [:]
  /// Which transfer a recorder's answer belongs to.
  var tickets: [UInt64: UInt32] = [:]
  var healthChecks = HealthChecks()
  /// Open once something was asked of it.
  var history: HistoryReader?
  /// Questions that are answered before anything else is looked at again.
  private static let questionsATurn = 16
  /// Refused transfers whose content is still on its way, with their size; it is thrown away.
  var dropping: [UInt32: UInt64] = [:]
  /// Where content lies that did not come in one piece, and the way that long files take.
  let pipeline = ContentPipeline()
  private var peerHasEnded = false
  /// The version that is spoken on this connection.
  private(set) var version: UInt16 = 1
  /// Seals what takes long; nil before the first such file.
  var sealer: Sealer?
  /// When the client last said anything but a ping.
  private var lastRequest = monotonicNanoseconds()
  /// When the client was told last that the receiver works.
  var lastWorking: Int64 = 0
  /// In the middle of a large file only the next header is read ahead, so that content goes
  /// straight into the block.
  var isBulk = false
  /// In it, the input that the first piece may have filled was given back.
  var isInputReleased = false

  init(_ client: ClientConnection, _ context: SessionContext) {
    self.client = client
    self.context = context
  }

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

  /// One turn: all that is in, then all that is to be said, then wait. False when all is said.
  private func turn() throws -> Bool {
    let hasMore = try handleInput()
    finishSeals()
    if context.ending.isDraining { drain() }
    sayWorking()
    try context.recorder.flush()
    Failpoint.pass("session.asked")
    try client.flush()
    if hasMore {
      try lookAround()
      return true
    }
    if peerHasEnded, !isFull { try checkAllIsSaid() }
    if peerHasEnded, !context.recorder.isWaiting, !isWorking { return false }
    if context.ending.isDraining, transfers.isEmpty, !context.recorder.isWaiting {
      client.say(.refusal(tag: 0, .shuttingDown))
      return false
    }
    try wait()
    return true
  }

  /// Handles what is in; true where so many questions were among it that the rest has to wait for the next turn.
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
    case .hello: throw WireError("a second greeting")
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
    guard case .hello(let hello) = message else { throw WireError("no greeting") }
    guard hello.version >= 1, hello.attributes.unknownMandatory(known: []).isEmpty else {
      throw PeerFailure(.notSupported, "this receiver speaks version 1 or 2, without identities")
    }
    context.log.debug("greeted", metadata: ["agent": "\(hello.agent)"])
    version = min(hello.version, WireLimits.version)
    client.say(.welcome(Welcome(version: version, agent: "xferd", now: .now)))
  }

  // MARK: Waiting

  private func wait() throws {
    let patience = patience
    var set = PollSet()
    let signals = set.add(context.ending.signals.descriptor, .read)
    let hears = !peerHasEnded && !isFull
    let peer = hears ? set.add(client.descriptor, .read) : nil
    let recorder = context.recorder.descriptor.map { set.add($0, .read) }
    if let sealer, isSealing { _ = set.add(sealer.wakeup.descriptor, .read) }
    let start = monotonicNanoseconds()
    let isReady = try set.wait(milliseconds: pause(patience))
    if awaitsContent { try client.noteWaiting(monotonicNanoseconds() - start) }
    if !isReady { saveSums() }
    if !isReady, let patience, client.silence >= patience {
      throw PeerFailure(.timeout, "nothing came for \(patience) seconds")
    }
    try checkPings()
    if set.isReady(signals) { try context.ending.check() }
    if let recorder, set.isReadable(recorder) { try handleReplies() }
    if let peer, set.isReadable(peer) { try readFromPeer() }
  }

  /// Pings keep a quiet connection for twelve times the idle time, an hour by default: it takes a place that others
  /// may need.
  private func checkPings() throws {
    let quiet = (monotonicNanoseconds() - lastRequest) / 1_000_000_000
    guard transfers.isEmpty, !context.recorder.isWaiting,
      quiet >= 12 * context.options.idleTimeout
    else { return }
    throw PeerFailure(.timeout, "nothing but pings came for \(quiet) seconds")
  }

  /// Milliseconds to wait at the most; nil waits without end.
  private func pause(_ patience: Int?) -> Int? {
    let untilLate = patience.map { max(1, ($0 - client.silence) * 1000) }
    return isWorking || awaitsContent ? min(untilLate ?? 1000, 1000) : untilLate
  }

  /// The peer pauses: the sums of what it has sent are written, so that it can be resumed whatever happens.
  private func saveSums() {
    for transfer in transfers.values {
      if case .arriving(let file) = transfer.state { file.save() }
    }
  }

  /// What `wait` does, without waiting, where there is more to be answered.
  private func lookAround() throws {
    try context.ending.check()
    guard let recorder = context.recorder.descriptor else { return }
    var set = PollSet()
    let slot = set.add(recorder, .read)
    try set.wait(milliseconds: 0)
    if set.isReadable(slot) { try handleReplies() }
  }

  private var awaitsContent: Bool { transfers.values.contains(where: \.takesContent) }

  /// Seconds that the peer may say nothing; nil while it is the peer who waits for an answer.
  private var patience: Int? {
    if awaitsContent || !client.input.isEmpty { return context.options.stallTimeout }
    return context.recorder.isWaiting || isWorking ? nil : context.options.idleTimeout
  }

  private func readFromPeer() throws {
    let limit = isBulk ? WireLimits.contentHeader : Int.max
    guard try client.readAvailable(atMost: limit) else {
      peerHasEnded = true
      return
    }
  }

  /// The client says no more: what it has not said in full cannot be had.
  private func checkAllIsSaid() throws {
    if awaitsContent || !client.input.isEmpty {
      throw PeerFailure(.cut, "the connection ended in the middle of a transfer")
    }
  }

  /// Called between two receives of one block: answers go out while content comes in. Returns
  /// whether the next receive may block for the whole rest of the block.
  func meanwhile() throws -> Bool {
    guard context.recorder.isWaiting || isWorking else { return true }
    finishSeals()
    sayWorking()
    try context.recorder.flush()
    var set = PollSet()
    _ = set.add(client.descriptor, .read)
    let recorder = context.recorder.descriptor.map { set.add($0, .read) }
    if let sealer, isSealing { _ = set.add(sealer.wakeup.descriptor, .read) }
    try set.wait(milliseconds: 1000)
    if let recorder, set.isReadable(recorder) { try handleReplies() }
    try client.flush()
    return false
  }

  // MARK: Ending

  /// Refuses what was accepted and has not begun; what is on its way may finish.
  private func drain() {
    for transfer in transfers.values {
      switch transfer.state {
      case .arriving(let file) where file.received == 0: refuse(transfer, .shuttingDown)
      case .elsewhere: refuse(transfer, .shuttingDown, isSending: false)
      default: break
      }
    }
  }

  /// Ends a conversation that cannot go on: the client is told, what is cut is written down, and
  /// what the recorder has been given is seen through.
  private func breakOff(_ failure: PeerFailure) {
    if failure.reason != .cut {
      client.say(.refusal(tag: 0, failure.refusal))
      client.linger()
    }
    for transfer in transfers.values where !transfer.isSealed && transfer.sealing == nil {
      cutOff(transfer, failure)
    }
    try? finishWithRecorder()
  }

  private func cutOff(_ transfer: Transfer, _ failure: PeerFailure) {
    if let file = transfer.file { context.letGo(file) }
    let why = "\(failure.description) after \(transfer.received) of \(transfer.size) bytes"
    transfers[transfer.tag] = nil
    record(Failed(transfer), failure.reason, why)
  }

  /// Waits for the recorder, and for seals: what is whole is delivered, whatever became of the connection. A
  /// session that must leave keeps the files of its seals.
  private func finishWithRecorder() throws {
    while true {
      finishSeals()
      try context.recorder.flush()
      if !isSealing, !context.recorder.isWaiting { return }
      try waitForOwnSide()
      if isSealing, context.ending.isOutOfTime { leaveSeals() }
    }
  }

  private func waitForOwnSide() throws {
    var set = PollSet()
    _ = set.add(context.ending.signals.descriptor, .read)
    let recorder = context.recorder.descriptor.map { set.add($0, .read) }
    if let sealer, isSealing { _ = set.add(sealer.wakeup.descriptor, .read) }
    try set.wait(milliseconds: 1000)
    context.ending.look()
    if let recorder, set.isReadable(recorder) { try handleReplies() }
  }

  private func leaveSeals() {
    let failure = PeerFailure(.shuttingDown, "the receiver shuts down")
    for transfer in transfers.values where transfer.sealing != nil { cutOff(transfer, failure) }
  }
}
