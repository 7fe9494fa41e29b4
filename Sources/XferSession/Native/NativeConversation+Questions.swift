import XferHistory
import XferProtocol
import XferReport
import XferTransport

// Questions about the history, the stats page and the health. Answers are sent in pieces, so that
// no answer is kept whole in memory.
extension NativeConversation {
  /// Bytes of answers that are gathered before they are sent.
  private static let piece = 64 * 1024
  /// Seconds that SQLite may work for a question, with a second more for each 1,000 rows.
  private static let questionSeconds = 10

  /// True if so many requests wait for the recorder that no more input is handled.
  var isFull: Bool { context.recorder.isFull || healthChecks.count >= WireLimits.window }

  func answer(_ question: Question) throws {
    do {
      switch question.kind {
      case .history(let filter): try answer(question.tag, filter)
      case .stats: try answerWithStats(question.tag)
      case .health: checkHealth(question.tag)
      }
    } catch let failure as PeerFailure {
      throw failure
    } catch {
      try context.ending.check()
      client.say(.refusal(tag: question.tag, refusal(of: question, for: error)))
      // Sent before the next one is begun: only so it is seen that a client has left.
      try client.flush()
    }
    if client.unsent > NativeConversation.piece { try client.flush() }
  }

  private func refusal(of question: Question, for error: any Error) -> Refusal {
    if error is HistoryFilter.Unanswerable { return Refusal(.badName, "\(error)") }
    if error is QuestionBrokenOff { return Refusal(.unavailable, "\(error)") }
    context.log.error("could not answer a question", metadata: ["error": "\(error)"])
    return Refusal(error)
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

  /// Opens the history with the first question, and keeps it open. A question is cancelled if the
  /// client disconnects or if this session must end.
  private func openHistory() throws -> any HistoryReader {
    if let history { return history }
    // SQLite works on this thread, and calls the closure on it.
    nonisolated(unsafe) let (client, ending) = (client, context.ending)
    let patience = QuestionPatience(seconds: NativeConversation.questionSeconds) {
      ending.mustLeave ? .gone : Asker(client.transport.peerState)
    }
    let reader = try context.options.history.openReader(patience: patience)
    history = reader
    return reader
  }

  private func answer(_ tag: UInt32, _ filter: HistoryFilter) throws {
    try openHistory().entries(filter) { entry in
      client.say(.row(tag: tag, shown(entry)))
      if client.unsent > NativeConversation.piece { try client.flush() }
    }
    client.say(.end(tag: tag))
  }

  /// Returns a row as this client may see it. The ids of other clients' transfers are removed, and
  /// version 1 has no attributes.
  private func shown(_ entry: HistoryEntry) -> HistoryEntry {
    var entry = entry
    if entry.client.key != context.client.key { entry.transferID = nil }
    return order.version < 2 ? entry.withoutAttributes : entry
  }

  private func answerWithStats(_ tag: UInt32) throws {
    let summary = try? openHistory().summary()
    try context.ending.check()
    var page = StatsPage.render(context.board, summary: summary).unicodeScalars[...]
    while !page.isEmpty {
      let part = page.prefix(WireLimits.text / 4)  // a scalar has at most four bytes of UTF-8
      client.say(.page(tag: tag, text: String(part)))
      page = page.dropFirst(part.count)
    }
    client.say(.end(tag: tag))
  }
}

extension Asker {
  fileprivate init(_ state: PeerState) {
    switch state {
    case .there: self = .there
    case .silent: self = .silent
    case .gone: self = .gone
    }
  }
}
