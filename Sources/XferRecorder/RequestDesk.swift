import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Whom to answer, and under which number.
struct Ticket {
  let session: SessionChannel
  let number: UInt64

  func answer(_ reply: (UInt64) -> RecorderReply) { session.answer(reply(number)) }
}

/// Sorts what came in together: questions are answered here, transfers go on in groups.
struct RequestDesk {
  typealias Request = (session: SessionChannel, request: RecorderRequest)

  private let keeper: Keeper
  private let completions: Completions

  init(_ keeper: Keeper) {
    self.keeper = keeper
    completions = Completions(keeper)
  }

  /// Whether something happened that could not be written down yet: `handle` tries it again.
  var isBehind: Bool { !completions.isEmpty }

  /// Answers every request, or throws where the history cannot be brought in step with the disk:
  /// then this process must end, and the next one recovers.
  func handle(_ requests: [Request]) throws {
    var groups = [PublicationGroup(keeper)]
    for (session, request) in requests {
      let last = groups.count - 1
      switch request {
      case .publish(let number, let transfer):
        let ticket = Ticket(session: session, number: number)
        if groups[last].take(ticket, transfer) { continue }
        groups.append(PublicationGroup(keeper))
        _ = groups[last + 1].take(ticket, transfer)
      case .fail(let number, let transfer):
        groups[last].take(Ticket(session: session, number: number), transfer)
      case .find(let number, let id): find(id, Ticket(session: session, number: number))
      case .check(let number): check(Ticket(session: session, number: number))
      }
    }
    try completions.settle()
    for group in groups {
      try group.carryOut(completions)
      try completions.settle()
    }
  }

  private func find(_ id: TransferID, _ ticket: Ticket) {
    do {
      if isBehind { throw Completions.behind }
      if try !keeper.repeatReceipt(of: id, to: ticket) { ticket.answer { .done(ticket: $0) } }
    } catch {
      keeper.refuse(ticket, error)
    }
  }

  private func check(_ ticket: Ticket) {
    do {
      try keeper.history.check()
      ticket.answer { .done(ticket: $0) }
    } catch {
      keeper.refuse(ticket, error)
    }
  }
}
