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
struct PublicationGroup {
  /// The greatest number of transfers in one group. Each holds a file open meanwhile.
  private static let most = 512

  private typealias Held = (ticket: Ticket, transfer: SealedTransfer, file: SealedFiles.Held)
  private typealias Recorded = (ticket: Ticket, transfer: RecordedTransfer, file: SealedFiles.Held)

  private let context: RecorderContext
  private var wanted: [(ticket: Ticket, transfer: SealedTransfer)] = []
  private var failures: [(ticket: Ticket, transfer: FailedTransfer)] = []
  private var ids = Set<UsedID>()

  /// A transfer's id and its client: two clients may use the same id for different transfers.
  private struct UsedID: Hashable {
    let id: TransferID
    let client: Client
  }

  init(_ context: RecorderContext) { self.context = context }

  /// Adds a transfer. Returns false if it must go into the next group, because this one is full or
  /// already has the same transfer.
  mutating func take(_ transfer: SealedTransfer, for ticket: Ticket) -> Bool {
    let id = UsedID(id: transfer.id, client: transfer.client)
    guard wanted.count < PublicationGroup.most, ids.insert(id).inserted else { return false }
    wanted.append((ticket, transfer))
    return true
  }

  /// Adds a failure, which becomes history with the group.
  mutating func take(_ failure: FailedTransfer, for ticket: Ticket) {
    failures.append((ticket, failure))
  }

  /// Carries the group out; `pending` makes the last two steps. Returns the requests that must be
  /// retried because another program holds the history. None of them has had an effect.
  mutating func carryOut(_ pending: PendingCommit) throws -> [SessionRequest] {
    do {
      try publishAll(pending)
      return []
    } catch let error where context.history.isHeld(error) {
      pending.reportOnce(error)
      return wanted.map { ($0.ticket.session, .publish(ticket: $0.ticket.number, $0.transfer)) }
        + failures.map { ($0.ticket.session, .fail(ticket: $0.ticket.number, $0.transfer)) }
    }
  }

  private mutating func publishAll(_ pending: PendingCommit) throws {
    let held = try hold()
    defer { for entry in held { entry.file.release() } }
    if !held.isEmpty { Failpoint.pass("recorder.held") }
    let recorded = try record(held, pending: pending)
    let outcomes = try publish(recorded)
    guard !outcomes.isEmpty || !failures.isEmpty else { return }
    let group = self
    let entry = PendingCommit.Entry(outcomes: outcomes, failures: failures.map(\.transfer)) {
      group.answer(zip(recorded.map(\.ticket), outcomes))
    }
    try pending.complete(entry)
  }

  /// Takes the files that can be published. Removes the transfers that are answered instead from
  /// `wanted`.
  private mutating func hold() throws -> [Held] {
    var held: [Held] = []
    var left = wanted[...]
    wanted = []
    defer { wanted += left }
    do {
      while let (ticket, transfer) = left.first {
        if let file = try hold(transfer, for: ticket) {
          held.append((ticket, transfer, file))
          wanted.append((ticket, transfer))
        }
        left.removeFirst()
      }
      return held
    } catch {
      for entry in held { entry.file.release() }
      throw error
    }
  }

  /// Returns nil if the transfer has been answered. A file that is missing may have been delivered,
  /// and its answer lost with an earlier recorder. Throws if the history is held.
  private func hold(
    _ transfer: SealedTransfer, for ticket: Ticket
  ) throws -> SealedFiles.Held? {
    do {
      return try context.sealed.hold(transfer)
    } catch {
      _ = try repeatReceipt(of: transfer, to: ticket, or: error)
      return nil
    }
  }

  /// Returns true if the transfer was delivered before, and answers with its receipt. Otherwise
  /// refuses it with `error` and returns false. Throws if the history is held.
  private func repeatReceipt(
    of transfer: SealedTransfer, to ticket: Ticket, or error: any Error
  ) throws -> Bool {
    do {
      let (client, start) = (transfer.client, transfer.startedAt)
      if try context.repeatReceipt(of: transfer.id, from: client, triedAt: start, to: ticket) {
        return true
      }
      throw error
    } catch {
      if context.history.isHeld(error) { throw error }
      context.refuse(ticket, for: error)
      return false
    }
  }

  /// Carries out steps 1 and 2. If they fail, all transfers are refused and nothing has been
  /// recorded. If the result of the commit is unknown, this process ends and the next one recovers.
  private func record(_ held: [Held], pending: PendingCommit) throws -> [Recorded] {
    guard !held.isEmpty else { return [] }
    let rows: [RecordedTransfer?]
    do {
      try context.checkPlace()
      if context.durability == .durable {
        try sync(held.filter { !$0.transfer.isSynced })
      }
      Failpoint.pass("recorder.synced")
      rows = try context.history.record(
        held.map { ($0.transfer, $0.file.identity) }, context.durability)
      pending.noteSuccess()
    } catch {
      if context.history.isHeld(error) || context.history.isUncertain(error) { throw error }
      if context.history.isFull(error) { pending.reportOnce(error) }
      refuse(held, for: error)
      return []
    }
    Failpoint.pass("recorder.recorded")
    return zip(held, rows).compactMap { entry, row in
      if let row { return (entry.ticket, row, entry.file) }
      answerDuplicate(entry)
      return nil
    }
  }

  /// Syncs the files, and compares those with their digests that an earlier recorder may have
  /// failed to sync.
  private func sync(_ held: [Held]) throws {
    try context.sealed.sync(held.map(\.file))
    guard let moment = context.doubtfulBefore else { return }
    let doubtful = held.filter { $0.transfer.startedAt < moment }
    try context.sealed.compare(doubtful.map { ($0.file, $0.transfer.digest) })
  }

  private func refuse(_ held: [Held], for error: any Error) {
    for entry in held {
      let refusal = context.refusal(for: error)
      context.discard(entry.transfer, after: refusal)
      entry.ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  /// Answers a transfer that was delivered before with its receipt again, and removes the content
  /// that was sent again.
  private func answerDuplicate(_ entry: Held) {
    let unknown = Refusal(
      .unavailable, "the history has a row for it, but no receipt", retryAfter: 5)
    do {
      if try repeatReceipt(of: entry.transfer, to: entry.ticket, or: unknown) {
        try? context.sealed.discard(entry.transfer.incomingID)
      }
    } catch {
      context.refuse(entry.ticket, for: error)
    }
  }

  /// Carries out steps 3 and 4.
  private func publish(_ recorded: [Recorded]) throws -> [Publication] {
    guard !recorded.isEmpty else { return [] }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = recorded.map { _, recorded, file in
      context.publication(of: recorded) {
        try context.published.publish(file, as: recorded.transfer.name, touched: &touched)
      }
    }
    Failpoint.pass("recorder.renamed")
    if context.durability == .durable { try touched.sync() }
    Failpoint.pass("recorder.named")
    return outcomes
  }

  /// Carries out step 6.
  private func answer(_ published: Zip2Sequence<[Ticket], [Publication]>) {
    if !wanted.isEmpty { Failpoint.pass("recorder.completed") }
    for (ticket, outcome) in published {
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
}

extension Receipt {
  fileprivate init(_ transfer: SealedTransfer, publishedAt: Timestamp, durability: Durability) {
    self.init(
      id: transfer.id, name: transfer.name, size: transfer.size, digest: transfer.digest,
      startedAt: transfer.startedAt, publishedAt: publishedAt, durability: durability,
      standing: .new)
  }
}
