import Logging
import SystemPackage
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The native protocol of docs/protocol.md. It has many transfers and questions on one connection,
/// and none of them waits for another.
///
/// `ProtocolOrder` says which message and which answer is legal. The extensions carry out the steps
/// in the order of a transfer: offers, content, seals, outcomes.
final class NativeConversation {
  let client: ClientConnection
  let context: SessionContext
  let intake: Intake
  /// The legal order of the messages.
  var order = ProtocolOrder()
  /// The transfers by tag, from the offer until the receipt or the refusal is queued.
  var transfers: [UInt32: Transfer] = [:]
  /// The transfers by the ticket of their request to the recorder.
  var tickets: [UInt64: Transfer] = [:]
  var healthChecks = HealthChecks()
  /// The set to which the files of this connection belong; nil if there is none.
  var set: SetReference?
  /// The tags of claims by the ticket of their request to the recorder.
  var claims: [UInt64: UInt32] = [:]
  /// The number of questions that are answered in one turn.
  private static let questionsATurn = 16
  /// The time of the last message that was not a ping.
  var lastRequest = MonotonicTime.now
  /// The time of the last `working` message; nil before the first one.
  var lastWorking: MonotonicTime?
  /// True in the middle of a large file. Then only the next header is read ahead, so that content
  /// is received directly into the block.
  var isBulk = false
  /// True if `isBulk`, and the memory that the first content had filled in the input is released.
  var isInputReleased = false

  init(_ client: ClientConnection, in context: SessionContext) {
    self.client = client
    self.context = context
    intake = Intake(context)
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
    try checkAccess()
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
    if !isFull { try checkInputIsComplete() }
    if order.inputHasEnded, !context.recorder.isWaiting, !order.isWorking { return false }
    if context.ending.isDraining, transfers.isEmpty, !context.recorder.isWaiting {
      client.say(.refusal(tag: 0, .shuttingDown))
      return false
    }
    try wait()
    return true
  }

  /// Throws if the access of the client has ended meanwhile.
  private func checkAccess() throws {
    guard let end = context.rights.expiry, end <= .now else { return }
    throw PeerFailure(.notAllowed, "the access of this client has ended")
  }

  /// Handles the available input. Returns true if the rest must wait for the next turn, because
  /// this one has answered its number of questions.
  private func handleInput() throws -> Bool {
    var questions = 0
    while !isFull, let frame = try client.input.nextFrame() {
      let step = try order.receive(try ClientMessage(frame))
      try take(step)
      if case .answer = step { questions += 1 }
      if questions == NativeConversation.questionsATurn { return true }
    }
    return false
  }

  /// Carries out the step that follows a message.
  func take(_ step: ProtocolStep) throws {
    if case .pong = step {} else { lastRequest = .now }
    switch step {
    case .welcome(let hello): try welcome(hello)
    case .begin(let offer): begin(offer)
    case .append(let header): try append(header)
    case .discard(let header): _ = try content(of: Int(header.length))
    case .withdraw(let withdrawal): withdraw(withdrawal)
    case .ignore: break
    case .pong(let ping): client.say(.pong(ping))
    case .answer(let question): try answer(question)
    case .announce(let part): announce(part)
    case .complete(let claim): complete(claim)
    }
  }

  /// The transfers in this state.
  func transfers(in state: TransferState) -> [Transfer] {
    guard order.tags.count(in: state) > 0 else { return [] }
    return transfers.values.filter { order.state(of: $0.tag) == state }
  }
}
