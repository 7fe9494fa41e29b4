import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferReport
import XferSystem

/// The answers to the questions of one client.
final class AnswersDesk {
  /// Seconds that the database may work for a question, with a second more for each 1,000 rows.
  private static let questionSeconds = 10

  private let output: AnswersOutput
  private let store: any HistoryStore
  private let board: Scoreboard
  let viewer: Viewer
  private let log: Logger
  /// The history; nil before the first question.
  private var history: (any HistoryReader)?

  init(
    _ output: AnswersOutput, history: any HistoryStore, board: Scoreboard, viewer: Viewer,
    log: Logger
  ) {
    self.output = output
    store = history
    self.board = board
    self.viewer = viewer
    self.log = log
  }

  /// Answers a question, or refuses it. Throws if the session has gone.
  func answer(_ question: Question) throws {
    Failpoint.pass("answers.asked")
    do {
      switch question.kind {
      case .history(let filter): try answer(question.tag, filter)
      case .stats: try answerWithStats(question.tag)
      case .sets(let filter): try answer(question.tag, filter)
      case .members(let members): try answer(question.tag, members)
      case .health: throw WireError("a health check is answered by the session")
      }
    } catch let failure as AnswersSessionGone {
      throw failure.cause
    } catch {
      try output.say(.refusal(tag: question.tag, refusal(for: error)))
    }
    try output.flush()
  }

  private func refusal(for error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if error is HistoryFilter.Unanswerable { return Refusal(.badName, "\(error)") }
    if error is QuestionBrokenOff { return Refusal(.unavailable, "\(error)") }
    log.error("could not answer a question", metadata: ["error": "\(error)"])
    return .unavailable
  }

  /// Opens the history with the first question, and keeps it open. A question is cancelled if the
  /// client disconnects or if its session ends.
  func openHistory() throws -> any HistoryReader {
    if let history { return history }
    // The database works on this thread, and calls the closure on it.
    nonisolated(unsafe) let output = output
    let patience = QuestionPatience(seconds: AnswersDesk.questionSeconds) { output.asker }
    let reader = try store.openReader(patience: patience)
    history = reader
    return reader
  }

  private func answer(_ tag: UInt32, _ filter: HistoryFilter) throws {
    try checkReading()
    if let filter = permitted(filter) {
      try openHistory().entries(filter) { try say(.row(tag: tag, shown($0))) }
    }
    try say(.end(tag: tag))
  }

  /// Throws if the client may not read the history.
  func checkReading() throws {
    guard viewer.scope != .none else {
      throw Refusal(.notAllowed, "this client may not read the history")
    }
  }

  /// Returns the filter for the rows that the client may read; nil if it may read none of those it
  /// asks for.
  private func permitted(_ filter: HistoryFilter) -> HistoryFilter? {
    guard viewer.scope == .own else { return filter }
    var own = filter
    own.client = viewer.client.key
    let asksForOwn = filter.client == nil || filter.client == own.client
    return asksForOwn ? own : nil
  }

  /// Returns a row as the client may see it. The ids of other clients' transfers are removed, and
  /// version 1 has no attributes.
  private func shown(_ entry: HistoryEntry) -> HistoryEntry {
    var entry = entry
    if entry.client.key != viewer.client.key { entry.transferID = nil }
    return viewer.version < 2 ? entry.withoutAttributes : entry
  }

  private func answerWithStats(_ tag: UInt32) throws {
    guard viewer.scope == .all else {
      throw Refusal(
        .notAllowed, "the stats page shows all clients; the operator can allow it with history=all")
    }
    let summary = try? openHistory().summary()
    var page = StatsPage.render(board, summary: summary).unicodeScalars[...]
    while !page.isEmpty {
      let part = page.prefix(WireLimits.text / 4)  // a scalar has at most four bytes of UTF-8
      try say(.page(tag: tag, text: String(part)))
      page = page.dropFirst(part.count)
    }
    try say(.end(tag: tag))
  }

  func say(_ message: ReceiverMessage) throws(AnswersSessionGone) {
    do {
      try output.say(message)
    } catch {
      throw AnswersSessionGone(cause: error)
    }
  }
}

/// The failure to send to the session, apart from failures of the history.
struct AnswersSessionGone: Error {
  let cause: SystemFailure
}
