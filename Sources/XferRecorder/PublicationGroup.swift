import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// What the recorder does with all the requests that came in together. The order is the promise:
///
/// 1. sync the content of the sealed files     — a row must never name content that can be lost
/// 2. commit their rows as recorded, durably   — from here on the transfer cannot be forgotten
/// 3. rename the files to their names          — never over another file
/// 4. sync the directories                     — the name must survive, too
/// 5. turn the rows into history               — can be derived again from 2 and 3
/// 6. answer                                   — only now may a sender see its receipt
final class PublicationGroup {
  struct Ticket {
    let session: SessionChannel
    let number: UInt64
  }

  typealias Request = (session: SessionChannel, request: RecorderRequest)

  private let isDurable: Bool
  private let durability: Durability
  private let history: HistoryWriter
  private let sealed: SealedFiles
  private let published: PublishedFiles
  private let board: Scoreboard
  private let log: Logger

  init(_ options: Recorder.Options, history: HistoryWriter, board: Scoreboard, log: Logger) {
    self.durability = options.durability
    self.isDurable = options.durability == .durable
    self.history = history
    self.sealed = SealedFiles(options.data)
    self.published = PublishedFiles(options.data)
    self.board = board
    self.log = log
  }

  /// Answers every request, or throws where the history cannot be brought in step with the disk:
  /// then this process must end, and the next one recovers.
  func handle(_ requests: [Request]) throws {
    var (wanted, failed, repeated) = sort(requests)
    let accepted = admit(wanted)
    try publish(accepted, failures: failed.map(\.transfer))
    for failure in failed { failure.ticket.answer { .done(ticket: $0) } }
    // A transfer that stood twice in this group is asked for again when the first is through.
    (wanted, repeated) = (repeated, [])
    for (ticket, transfer) in wanted {
      try handle([(ticket.session, .publish(ticket: ticket.number, transfer))])
    }
  }

  /// Finishes what an earlier recorder left between row and name.
  func recover() throws {
    let left = try history.unpublished()
    guard !left.isEmpty else { return }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = try left.map { try recover($0, &touched) }
    try touched.sync()
    try complete(outcomes, failures: [])
    log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(left.count)])
  }

  private func recover(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    // Recorded, and no longer in `incoming/`: only publishing takes it away from there.
    if try sealed.size(of: recorded.transfer.id) == nil { return .published(recorded, at: .now) }
    do {
      try published.publish(recorded.transfer.id, as: recorded.transfer.name, touched: &touched)
      return .published(recorded, at: .now)
    } catch let refusal as Refusal {
      try sealed.discard(recorded.transfer.id)
      return .failed(recorded, refusal)
    }
  }

  private typealias Wanted = (ticket: Ticket, transfer: SealedTransfer)

  private func sort(_ requests: [Request]) -> (
    wanted: [Wanted], failed: [(ticket: Ticket, transfer: FailedTransfer)], repeated: [Wanted]
  ) {
    var wanted: [Wanted] = []
    var repeated: [Wanted] = []
    var failed: [(ticket: Ticket, transfer: FailedTransfer)] = []
    var seen = Set<TransferID>()
    for (session, request) in requests {
      switch request {
      case .publish(let number, let transfer):
        let entry = (Ticket(session: session, number: number), transfer)
        if seen.insert(transfer.id).inserted {
          wanted.append(entry)
        } else {
          repeated.append(entry)
        }
      case .fail(let number, let transfer):
        failed.append((Ticket(session: session, number: number), transfer))
      case .find(let number, let id): answer(Ticket(session: session, number: number), find: id)
      case .check(let number): session.answer(.done(ticket: number))
      }
    }
    return (wanted, failed, repeated)
  }

  private func answer(_ ticket: Ticket, find id: TransferID) {
    do {
      guard let receipt = try history.receipt(of: id, durability: durability) else {
        return ticket.answer { .done(ticket: $0) }
      }
      try answer(ticket, with: receipt)
    } catch {
      refuse(ticket, error)
    }
  }

  /// Repeats the receipt of a delivered transfer, if what it says is still so.
  private func answer(_ ticket: Ticket, with receipt: Receipt) throws {
    if try published.size(of: receipt.name) == receipt.size {
      board.add(.transfersRepeated)
      ticket.answer { .receipt(ticket: $0, receipt) }
    } else {
      let why = "it was delivered before, and \"\(receipt.name)\" has been removed or changed since"
      ticket.answer { .refusal(ticket: $0, Refusal(.gone, why)) }
    }
  }

  /// Refuses what cannot be published; returns the rest.
  private func admit(_ wanted: [Wanted]) -> [Wanted] {
    var names = Set<FileName>()
    return wanted.filter { ticket, transfer in
      do {
        if let receipt = try history.receipt(of: transfer.id, durability: durability) {
          try sealed.discard(transfer.id)
          try answer(ticket, with: receipt)
          return false
        }
        try check(transfer, &names)
        return true
      } catch {
        refuse(ticket, error)
        return false
      }
    }
  }

  private func check(_ transfer: SealedTransfer, _ names: inout Set<FileName>) throws {
    guard try sealed.size(of: transfer.id) == transfer.size else {
      throw Refusal(
        .unavailable, "the content is not as it was sealed; send it again", retryAfter: 1)
    }
    var obstacle = try published.obstacle(to: transfer.name)
    if !names.insert(transfer.name).inserted {
      obstacle = Refusal(.exists, "\"\(transfer.name)\" is being published by another transfer")
    }
    guard let obstacle else { return }
    try sealed.discard(transfer.id)
    throw obstacle
  }

  private func publish(_ accepted: [Wanted], failures: [FailedTransfer]) throws {
    if accepted.isEmpty {
      return failures.isEmpty ? () : try complete([], failures: failures)
    }
    let recorded: [RecordedTransfer]
    do {
      if isDurable { try sealed.sync(accepted.filter { !$0.transfer.isSynced }.map(\.transfer.id)) }
      recorded = try history.record(accepted.map(\.transfer), durable: isDurable)
    } catch {
      for (ticket, _) in accepted { refuse(ticket, error) }
      return failures.isEmpty ? () : try complete([], failures: failures)
    }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = recorded.map { publish($0, &touched) }
    if isDurable { try touched.sync() }
    try complete(outcomes, failures: failures)
    for ((ticket, _), outcome) in zip(accepted, outcomes) { answer(ticket, outcome) }
  }

  private func publish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) -> Publication {
    do {
      try published.publish(recorded.transfer.id, as: recorded.transfer.name, touched: &touched)
      return .published(recorded, at: .now)
    } catch let refusal as Refusal {
      try? sealed.discard(recorded.transfer.id)
      return .failed(recorded, refusal)
    } catch {
      return .failed(recorded, Refusal(error))
    }
  }

  private func complete(_ outcomes: [Publication], failures: [FailedTransfer]) throws {
    try history.complete(outcomes, failures: failures)
    for case .published(let recorded, _) in outcomes {
      board.add(.transfersCompleted)
      board.add(.bytesCompleted, Int64(recorded.transfer.size))
    }
    board.add(.recorderBatches)
  }

  private func answer(_ ticket: Ticket, _ outcome: Publication) {
    switch outcome {
    case .published(let recorded, let moment):
      let receipt = Receipt(recorded.transfer, publishedAt: moment, durability: durability)
      ticket.answer { .receipt(ticket: $0, receipt) }
    case .failed(_, let refusal): ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  private func refuse(_ ticket: Ticket, _ error: any Error) {
    let refusal = Refusal(error)
    if refusal.reason == .unavailable || refusal.reason == .noSpace {
      log.error("could not record a transfer", metadata: ["error": "\(error)"])
    }
    ticket.answer { .refusal(ticket: $0, refusal) }
  }
}

extension PublicationGroup.Ticket {
  func answer(_ reply: (UInt64) -> RecorderReply) { session.answer(reply(number)) }
}

extension Receipt {
  fileprivate init(_ transfer: SealedTransfer, publishedAt: Timestamp, durability: Durability) {
    self.init(
      id: transfer.id, name: transfer.name, size: transfer.size, digest: transfer.digest,
      startedAt: transfer.startedAt, publishedAt: publishedAt, durability: durability,
      repeated: false)
  }
}
