import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// The transfers that the recorder makes durable together. The order of the steps is the promise:
///
/// 0. take the sealed files                    — from here on no other process can write to them
/// 1. sync their content                       — a row must never name content that can be lost
/// 2. commit their rows as recorded, durably   — from here on the transfer cannot be forgotten
/// 3. rename the files to their names          — never over another file
/// 4. sync the directories                     — the names must survive a crash, too
/// 5. turn the rows into history               — needs no sync: it can be derived from 2 and 3
/// 6. answer                                   — only now may a sender see its receipt
///
/// `RequestQueue` calls `record` (0 to 2), `publish` (3 and 4), `complete` (5) and `answer` (6). If
/// the history cannot be written, `PendingCommit` keeps the group before step 5.
final class PublicationGroup {
  /// `file` is nil for a directory or a link, which has no content.
  typealias Held = (ticket: Ticket, transfer: SealedTransfer, file: SealedFiles.Held?)
  private typealias Recorded = (ticket: Ticket, transfer: RecordedTransfer, file: SealedFiles.Held?)

  let context: RecorderContext
  private let failures: [(ticket: Ticket, transfer: FailedTransfer)]
  /// The transfers before step 0.
  private var waiting: ArraySlice<(ticket: Ticket, transfer: SealedTransfer)>
  /// The transfers after step 0. Their files are locked until `release`.
  private(set) var held: [Held] = []
  /// True if step 0 has taken a file.
  private var hasHeld = false
  /// The transfers after step 2.
  private var recorded: [Recorded] = []
  /// The transfers after step 3.
  private var outcomes: [(ticket: Ticket, outcome: Publication)] = []

  init(_ requests: GroupRequests, context: RecorderContext) {
    self.context = context
    failures = requests.failures
    waiting = requests.transfers[...]
  }

  /// The requests that have had no effect and no answer. Valid until `record` returns.
  var unanswered: [SessionRequest] {
    (held.map { ($0.ticket, $0.transfer) } + waiting).map {
      ($0.session, .publish(ticket: $0.number, $1))
    } + failures.map { ($0.ticket.session, .fail(ticket: $0.ticket.number, $0.transfer)) }
  }

  /// Carries out steps 0 to 2. If step 1 or 2 fails, all transfers are refused, and nothing has
  /// been recorded.
  ///
  /// Throws if another program holds the history: `unanswered` is to be carried out again. Also
  /// throws if the result of the commit is unknown: this process ends, and the next one recovers.
  func record() throws(HistoryFailure) {
    while let next = waiting.first {
      if let entry = try hold(next.transfer, for: next.ticket) { held.append(entry) }
      waiting.removeFirst()
    }
    hasHeld = !held.isEmpty
    guard hasHeld else { return }
    Failpoint.pass("recorder.held")
    do {
      try context.checkPlace()
      if context.durability == .durable { try sync(held.filter { !$0.transfer.isSynced }) }
    } catch {
      return refuse(for: error)
    }
    Failpoint.pass("recorder.synced")
    do {
      try commit()
    } catch {
      switch error {
      case .held, .uncertain: throw error
      case .full: context.readiness.reportOnce(error)
      case .unusable, .other: break
      }
      refuse(for: error)
    }
  }

  /// Carries out step 2. Answers the transfers that have a row already.
  private func commit() throws(HistoryFailure) {
    let rows = try context.history.record(
      held.map { ($0.transfer, $0.file?.identity) }, context.durability)
    context.readiness.noteSuccess()
    Failpoint.pass("recorder.recorded")
    for (entry, row) in zip(held, rows) {
      guard let row else {
        answerDuplicate(entry)
        continue
      }
      recorded.append((entry.ticket, row, entry.file))
    }
  }

  /// Carries out steps 3 and 4. A file that cannot be renamed fails its transfer alone. Throws if a
  /// directory cannot be synced: this process ends then, and the next one recovers.
  func publish() throws {
    guard !recorded.isEmpty else { return }
    let names = context.published.newNames()
    defer { names.close() }
    for (ticket, transfer, file) in recorded {
      outcomes.append((ticket, rename(file, of: transfer, in: names)))
    }
    Failpoint.pass("recorder.renamed")
    if context.durability == .durable { try names.sync() }
    Failpoint.pass("recorder.named")
  }

  private func rename(
    _ file: SealedFiles.Held?, of recorded: RecordedTransfer, in names: any NewNames
  ) -> Publication {
    let transfer = recorded.transfer
    do {
      if let file {
        try names.publish(file, as: transfer.name, mode: transfer.properties.mode)
      } else {
        try names.make(transfer.properties, as: transfer.name)
      }
      return .published(recorded, at: .now)
    } catch {
      return context.failure(of: recorded, for: error)
    }
  }

  /// True if the history has to be written in step 5.
  var hasOutcomes: Bool { !outcomes.isEmpty || !failures.isEmpty }

  /// Carries out step 5.
  func complete() throws(HistoryFailure) {
    try context.complete(outcomes.map(\.outcome), failures: failures.map(\.transfer))
  }

  /// Carries out step 6.
  func answer() {
    if hasHeld { Failpoint.pass("recorder.completed") }
    for (ticket, outcome) in outcomes {
      context.discard(outcome)
      answer(ticket, with: outcome)
    }
    for failure in failures { failure.ticket.answer { .done(ticket: $0) } }
  }

  private func answer(_ ticket: Ticket, with outcome: Publication) {
    switch outcome {
    case .published(let recorded, let moment):
      let receipt = Receipt(recorded.transfer, publishedAt: moment, durability: context.durability)
      ticket.answer { .receipt(ticket: $0, receipt) }
    case .failed(_, let refusal): ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  /// Unlocks the files. It is called after `answer`, or after the step that failed.
  func release() {
    for entry in held { entry.file?.release() }
    held = []
  }
}

extension Receipt {
  fileprivate init(_ transfer: SealedTransfer, publishedAt: Timestamp, durability: Durability) {
    self.init(
      id: transfer.id, name: transfer.name, size: transfer.size, digest: transfer.digest,
      startedAt: transfer.startedAt, publishedAt: publishedAt, durability: durability,
      standing: .new)
  }
}
