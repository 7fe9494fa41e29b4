import XferHistory
import XferProtocol
import XferReport

extension NativeConversation {
  /// Bytes of answers that are gathered before they are sent.
  private static let piece = 64 * 1024

  func answer(_ question: Question) throws {
    do {
      switch question.kind {
      case .history(let filter): try answer(question.tag, filter)
      case .stats: answerWithStats(question.tag)
      case .health: healthTickets[context.recorder.ask { .check(ticket: $0) }] = question.tag
      }
    } catch let failure as PeerFailure {
      throw failure
    } catch {
      context.log.error("could not answer a question", metadata: ["error": "\(error)"])
      client.say(.refusal(tag: question.tag, Refusal(error)))
    }
  }

  /// The recorder's word on whether it can record a transfer now.
  func answer(_ reply: RecorderReply, toHealthCheck tag: UInt32) {
    if case .refusal(_, let refusal) = reply {
      client.say(.refusal(tag: tag, refusal))
    } else {
      client.say(.end(tag: tag))
    }
  }

  private func answer(_ tag: UInt32, _ filter: HistoryFilter) throws {
    let history = try HistoryReader(path: context.options.data.databasePath)
    try history.entries(filter) { entry in
      client.say(.row(tag: tag, shown(entry)))
      if client.unsent > NativeConversation.piece { try client.flush() }
    }
    client.say(.end(tag: tag))
  }

  /// A row as this client may see it: the ids of others are theirs alone, and version 1 has no attributes.
  private func shown(_ entry: HistoryEntry) -> HistoryEntry {
    var entry = entry
    if entry.clientIP != context.clientIP { entry.transferID = nil }
    if version < 2 { (entry.attempts, entry.firstFinishedAt) = (1, nil) }
    return entry
  }

  private func answerWithStats(_ tag: UInt32) {
    let path = context.options.data.databasePath
    let summary = try? HistoryReader(path: path).summary()
    var page = StatsPage.render(context.board, summary).unicodeScalars[...]
    while !page.isEmpty {
      let part = page.prefix(WireLimits.text / 4)  // a scalar has four bytes of UTF-8 at the most
      client.say(.page(tag: tag, text: String(part)))
      page = page.dropFirst(part.count)
    }
    client.say(.end(tag: tag))
  }
}
