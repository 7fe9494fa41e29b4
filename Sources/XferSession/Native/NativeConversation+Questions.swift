import Logging
import XferProtocol
import XferSystem
import XferTransport

// Questions about the history, the stats page and the health. Another process reads the history.
// This one passes its answers on in pieces, so that no answer is kept whole in memory.
extension NativeConversation {
  /// Bytes of answers that are gathered before they are sent.
  private static let piece = 64 * 1024
  /// The time between two checks that the client still waits, in milliseconds.
  private static let checkPause = 50

  /// True if so many requests wait for the recorder that no more input is handled.
  var isFull: Bool { context.recorder.isFull || healthChecks.count >= WireLimits.window }

  /// The client as the process that answers must know it.
  private var viewer: Viewer {
    Viewer(client: context.client, scope: context.rights.reading, version: order.version)
  }

  func answer(_ question: Question) throws {
    switch question.kind {
    case .history, .stats, .sets, .members: try passOnAnswer(to: question)
    case .health: checkHealth(question.tag)
    }
    if client.unsent > NativeConversation.piece { try client.flush() }
  }

  /// Passes a question on, and its answer back. The question is cancelled if the client disconnects
  /// or if this session must end.
  private func passOnAnswer(to question: Question) throws {
    do {
      try context.answers.ask(question, as: viewer)
      while try !passOnPart(of: question.tag) {}
    } catch {
      context.answers.close()
      if let failure = error as? PeerFailure { throw failure }
      try context.ending.check()
      context.log.error("could not answer a question", metadata: ["error": "\(error)"])
      client.say(.refusal(tag: question.tag, .unavailable))
      // Sent before the next one is begun: only so it is seen that a client has left.
      try client.flush()
    }
  }

  /// Passes on the part of an answer that is there. Returns true if the answer is complete.
  private func passOnPart(of tag: UInt32) throws -> Bool {
    guard try waitForAnswer() else { return false }
    return try context.answers.receive(tag: tag) { frame in
      client.say(frame)
      if client.unsent > NativeConversation.piece { try client.flush() }
    }
  }

  /// Waits for an answer for a short time, and checks that the client waits too. Returns true if
  /// there is an answer.
  private func waitForAnswer() throws -> Bool {
    var set = PollSet()
    let answers = context.answers.descriptor.map { set.add($0, .read) }
    _ = set.add(context.ending.signals.descriptor, .read)
    try set.wait(milliseconds: NativeConversation.checkPause)
    try context.ending.check()
    if let answers, set.isReadable(answers) { return true }
    switch client.transport.peerState {
    case .there: break
    case .silent: context.answers.noteSilence()
    case .gone: throw PeerFailure(.cut, "the client has disconnected during its question")
    }
    return false
  }

  private func checkHealth(_ tag: UInt32) {
    healthChecks.add(tag)
    askForHealth()
  }

  private func askForHealth() {
    healthChecks.ask { context.recorder.ask { .check(ticket: $0) } }
  }

  /// Answers the health checks that a reply of the recorder is for. Returns false if the reply is
  /// to another request.
  func answerHealthChecks(_ reply: RecorderReply) -> Bool {
    guard let tags = healthChecks.answered(by: reply.ticket) else { return false }
    for tag in tags {
      if case .refusal(_, let refusal) = reply {
        client.say(.refusal(tag: tag, refusal))
      } else {
        client.say(.end(tag: tag))
      }
    }
    askForHealth()
    return true
  }
}
