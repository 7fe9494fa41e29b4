import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// What the recorder does with the transfers that came in together. The order is the promise:
///
/// 0. take the sealed files                    — from here on nobody else can write to them
/// 1. sync their content                       — a row must never name content that can be lost
/// 2. commit their rows as recorded, durably   — from here on the transfer cannot be forgotten
/// 3. rename the files to their names          — never over another file
/// 4. sync the directories                     — the name must survive, too
/// 5. turn the rows into history               — can be derived again from 2 and 3
/// 6. answer                                   — only now may a sender see its receipt
struct PublicationGroup {
  /// Transfers in one group at the most: each holds a file open meanwhile.
  private static let most = 512

  private typealias Held = (ticket: Ticket, transfer: SealedTransfer, file: SealedFiles.Held)

  private let keeper: Keeper
  private var wanted: [(ticket: Ticket, transfer: SealedTransfer)] = []
  private var failures: [(ticket: Ticket, transfer: FailedTransfer)] = []
  private var ids = Set<TransferID>()

  init(_ keeper: Keeper) { self.keeper = keeper }

  /// Adds a transfer; false where it must go into the next group, as this one is full or holds
  /// the same transfer already.
  mutating func take(_ ticket: Ticket, _ transfer: SealedTransfer) -> Bool {
    guard wanted.count < PublicationGroup.most, ids.insert(transfer.id).inserted else {
      return false
    }
    wanted.append((ticket, transfer))
    return true
  }

  mutating func take(_ ticket: Ticket, _ failure: FailedTransfer) {
    failures.append((ticket, failure))
  }

  /// The requests that it was made of, for when it cannot be carried out now.
  var requests: [RequestDesk.Request] {
    wanted.map { ($0.ticket.session, .publish(ticket: $0.ticket.number, $0.transfer)) }
      + failures.map { ($0.ticket.session, .fail(ticket: $0.ticket.number, $0.transfer)) }
  }

  /// Carries it out; the last two steps are for `completions`. Throws `HistoryHeld` where another program
  /// holds the history: then nothing has happened, and the same can be tried again.
  func carryOut(_ completions: Completions) throws {
    let held = hold()
    defer { for entry in held { entry.file.release() } }
    if !held.isEmpty { Failpoint.pass("recorder.held") }
    let recorded = try record(held)
    let outcomes = try publish(recorded.map(\.transfer))
    guard !outcomes.isEmpty || !failures.isEmpty else { return }
    let entry = Completions.Entry(outcomes: outcomes, failures: failures.map(\.transfer)) {
      answer(zip(recorded.map(\.ticket), outcomes))
    }
    try completions.complete(entry)
  }

  /// Takes what can be published. What is not there may have been delivered, and its answer lost with an
  /// earlier recorder.
  private func hold() -> [Held] {
    wanted.compactMap { ticket, transfer in
      do {
        return (ticket, transfer, try keeper.sealed.hold(transfer))
      } catch {
        _ = repeatReceipt(of: transfer, to: ticket, or: error)
        return nil
      }
    }
  }

  /// True where it was delivered and has its receipt; else it is refused.
  private func repeatReceipt(
    of transfer: SealedTransfer, to ticket: Ticket, or error: any Error
  ) -> Bool {
    do {
      let (id, start) = (transfer.id, transfer.startedAt)
      if try keeper.repeatReceipt(of: id, triedAt: start, to: ticket) { return true }
      throw error
    } catch {
      keeper.refuse(ticket, error)
      return false
    }
  }

  /// Steps 1 and 2. Where they fail, everyone is refused and nothing has happened; where it cannot be told
  /// what has happened, this process ends and the next one recovers.
  private func record(_ held: [Held]) throws -> [(ticket: Ticket, transfer: RecordedTransfer)] {
    guard !held.isEmpty else { return [] }
    let rows: [RecordedTransfer?]
    do {
      if keeper.durability == .durable {
        try keeper.sealed.sync(held.filter { !$0.transfer.isSynced }.map(\.file))
      }
      Failpoint.pass("recorder.synced")
      rows = try keeper.history.record(
        held.map { ($0.transfer, $0.file.identity) }, keeper.durability)
    } catch {
      if keeper.history.isHeld(error) { throw HistoryHeld(by: error) }
      if keeper.history.isUncertain(error) { throw error }
      for entry in held { keeper.refuse(entry.ticket, error) }
      return []
    }
    Failpoint.pass("recorder.recorded")
    return zip(held, rows).compactMap { entry, row in
      if let row { return (entry.ticket, row) }
      meetDelivered(entry)
      return nil
    }
  }

  /// It was delivered before: its receipt is repeated, and what came again is thrown away.
  private func meetDelivered(_ entry: Held) {
    let unknown = Refusal(.unavailable, "the history has a row of it and no receipt", retryAfter: 5)
    if repeatReceipt(of: entry.transfer, to: entry.ticket, or: unknown) {
      try? keeper.sealed.discard(entry.transfer.incomingID)
    }
  }

  /// Steps 3 and 4.
  private func publish(_ recorded: [RecordedTransfer]) throws -> [Publication] {
    guard !recorded.isEmpty else { return [] }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = recorded.map { recorded in
      keeper.publication(of: recorded) {
        try keeper.published.publish(
          recorded.transfer.incomingID, as: recorded.transfer.name, touched: &touched)
      }
    }
    Failpoint.pass("recorder.renamed")
    if keeper.durability == .durable { try touched.sync() }
    Failpoint.pass("recorder.named")
    return outcomes
  }

  /// Step 6.
  private func answer(_ published: Zip2Sequence<[Ticket], [Publication]>) {
    if !wanted.isEmpty { Failpoint.pass("recorder.completed") }
    for (ticket, outcome) in published {
      keeper.discard(outcome)
      answer(ticket, outcome)
    }
    for failure in failures { failure.ticket.answer { .done(ticket: $0) } }
  }

  private func answer(_ ticket: Ticket, _ outcome: Publication) {
    switch outcome {
    case .published(let recorded, let moment):
      let receipt = Receipt(recorded.transfer, publishedAt: moment, durability: keeper.durability)
      ticket.answer { .receipt(ticket: $0, receipt) }
    case .failed(_, let refusal): ticket.answer { .refusal(ticket: $0, refusal) }
    }
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

/// Another program holds the history, and nothing was written.
struct HistoryHeld: Error {
  let error: any Error

  init(by error: any Error) { self.error = error }
}
