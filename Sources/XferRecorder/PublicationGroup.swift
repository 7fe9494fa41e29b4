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
  private typealias Recorded = (ticket: Ticket, transfer: RecordedTransfer, file: SealedFiles.Held)

  private let keeper: Keeper
  private var wanted: [(ticket: Ticket, transfer: SealedTransfer)] = []
  private var failures: [(ticket: Ticket, transfer: FailedTransfer)] = []
  private var ids = Set<UsedID>()

  /// An id counts for the client that uses it.
  private struct UsedID: Hashable {
    let id: TransferID
    let clientIP: String
  }

  init(_ keeper: Keeper) { self.keeper = keeper }

  /// Adds a transfer; false where it must go into the next group, as this one is full or holds
  /// the same transfer already.
  mutating func take(_ ticket: Ticket, _ transfer: SealedTransfer) -> Bool {
    let id = UsedID(id: transfer.id, clientIP: transfer.clientIP)
    guard wanted.count < PublicationGroup.most, ids.insert(id).inserted else { return false }
    wanted.append((ticket, transfer))
    return true
  }

  mutating func take(_ ticket: Ticket, _ failure: FailedTransfer) {
    failures.append((ticket, failure))
  }

  /// Carries it out; the last two steps are for `completions`. Returns what must be tried again as another
  /// program holds the history: nothing of it has happened.
  mutating func carryOut(_ completions: Completions) throws -> [RequestDesk.Request] {
    do {
      try publishAll(completions)
      return []
    } catch let error where keeper.history.isHeld(error) {
      completions.tellOnce(error)
      return wanted.map { ($0.ticket.session, .publish(ticket: $0.ticket.number, $0.transfer)) }
        + failures.map { ($0.ticket.session, .fail(ticket: $0.ticket.number, $0.transfer)) }
    }
  }

  private mutating func publishAll(_ completions: Completions) throws {
    let held = try hold()
    defer { for entry in held { entry.file.release() } }
    if !held.isEmpty { Failpoint.pass("recorder.held") }
    let recorded = try record(held, completions)
    let outcomes = try publish(recorded)
    guard !outcomes.isEmpty || !failures.isEmpty else { return }
    let group = self
    let entry = Completions.Entry(outcomes: outcomes, failures: failures.map(\.transfer)) {
      group.answer(zip(recorded.map(\.ticket), outcomes))
    }
    try completions.complete(entry)
  }

  /// Takes what can be published; what is answered instead is no longer wanted.
  private mutating func hold() throws -> [Held] {
    var held: [Held] = []
    var left = wanted[...]
    wanted = []
    defer { wanted += left }
    do {
      while let (ticket, transfer) = left.first {
        if let file = try hold(transfer, ticket) {
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

  /// Nil where it is answered. What is not there may have been delivered, and its answer lost with an
  /// earlier recorder. Throws where the history is held.
  private func hold(_ transfer: SealedTransfer, _ ticket: Ticket) throws -> SealedFiles.Held? {
    do {
      return try keeper.sealed.hold(transfer)
    } catch {
      _ = try repeatReceipt(of: transfer, to: ticket, or: error)
      return nil
    }
  }

  /// True where it was delivered and has its receipt; else it is refused. Throws where the history is held.
  private func repeatReceipt(
    of transfer: SealedTransfer, to ticket: Ticket, or error: any Error
  ) throws -> Bool {
    do {
      let (client, start) = (transfer.clientIP, transfer.startedAt)
      if try keeper.repeatReceipt(of: transfer.id, from: client, triedAt: start, to: ticket) {
        return true
      }
      throw error
    } catch {
      if keeper.history.isHeld(error) { throw error }
      keeper.refuse(ticket, error)
      return false
    }
  }

  /// Steps 1 and 2. Where they fail, everyone is refused and nothing has happened; where it cannot be told
  /// what has happened, this process ends and the next one recovers.
  private func record(_ held: [Held], _ completions: Completions) throws -> [Recorded] {
    guard !held.isEmpty else { return [] }
    let rows: [RecordedTransfer?]
    do {
      try keeper.checkPlace()
      if keeper.durability == .durable {
        try sync(held.filter { !$0.transfer.isSynced })
      }
      Failpoint.pass("recorder.synced")
      rows = try keeper.history.record(
        held.map { ($0.transfer, $0.file.identity) }, keeper.durability)
      completions.noteSuccess()
    } catch {
      if keeper.history.isHeld(error) || keeper.history.isUncertain(error) { throw error }
      if keeper.history.isFull(error) { completions.tellOnce(error) }
      refuse(held, error)
      return []
    }
    Failpoint.pass("recorder.recorded")
    return zip(held, rows).compactMap { entry, row in
      if let row { return (entry.ticket, row, entry.file) }
      meetDelivered(entry)
      return nil
    }
  }

  private func sync(_ held: [Held]) throws {
    try keeper.sealed.sync(held.map(\.file))
    guard let moment = keeper.doubtfulBefore else { return }
    let doubtful = held.filter { $0.transfer.startedAt < moment }
    try keeper.sealed.compare(doubtful.map { ($0.file, $0.transfer.digest) })
  }

  private func refuse(_ held: [Held], _ error: any Error) {
    for entry in held {
      let refusal = keeper.refusal(for: error)
      keeper.discard(entry.transfer, refusal)
      entry.ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  /// It was delivered before: its receipt is repeated, and what came again is thrown away.
  private func meetDelivered(_ entry: Held) {
    let unknown = Refusal(.unavailable, "the history has a row of it and no receipt", retryAfter: 5)
    do {
      if try repeatReceipt(of: entry.transfer, to: entry.ticket, or: unknown) {
        try? keeper.sealed.discard(entry.transfer.incomingID)
      }
    } catch {
      keeper.refuse(entry.ticket, error)
    }
  }

  /// Steps 3 and 4.
  private func publish(_ recorded: [Recorded]) throws -> [Publication] {
    guard !recorded.isEmpty else { return [] }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = recorded.map { _, recorded, file in
      keeper.publication(of: recorded) {
        try keeper.published.publish(file, as: recorded.transfer.name, touched: &touched)
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
