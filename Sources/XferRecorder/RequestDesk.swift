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

/// Sorts what came in together: questions are answered here, transfers go on in groups. While the
/// history lags behind the disk all but the question for the receiver's health waits: whether a transfer
/// was delivered cannot be told then.
final class RequestDesk {
  typealias Request = (session: SessionChannel, request: RecorderRequest)

  private static let behind = Refusal(
    .unavailable, "the receiver cannot write its history now", retryAfter: 1)

  /// Nanoseconds until the history is tried again that could not be written: each try may wait for whoever
  /// holds it.
  private static let retryPause: Int64 = 500_000_000

  /// Nanoseconds.
  private static let probePause: Int64 = 10_000_000_000

  private let keeper: Keeper
  private let completions: Completions
  /// In the order in which they came. Each session bounds how much it asks.
  private var waiting: [Request] = []
  private var isHeld = false
  private var retryAt: Int64 = 0
  private var probeAt: Int64 = 0

  init(_ keeper: Keeper) {
    self.keeper = keeper
    completions = Completions(keeper)
  }

  /// Whether something could not be written down yet.
  var isBehind: Bool { !completions.isEmpty || isHeld }

  /// When to call `handle` again at the latest, by the monotonic clock.
  var dueAt: Int64 { isBehind ? retryAt : .max }

  /// Answers every request that can be answered now, or throws where the history cannot be brought in
  /// step with the disk: then this process must end, and the next one recovers.
  func handle(_ requests: [Request]) throws {
    var checks: [Ticket] = []
    for (session, request) in requests {
      if case .check(let number) = request {
        checks.append(Ticket(session: session, number: number))
      } else {
        waiting.append((session, request))
      }
    }
    defer { answer(checks) }
    if isBehind, monotonicNanoseconds() < retryAt { return }
    isHeld = false
    try completions.settle()
    while !waiting.isEmpty, !isBehind { try carryOut(nextGroup()) }
    if isBehind { retryAt = monotonicNanoseconds() + RequestDesk.retryPause }
  }

  private func carryOut(_ group: PublicationGroup) throws {
    var group = group
    let again = try group.carryOut(completions)
    waiting = again + waiting
    if !again.isEmpty { isHeld = true }
  }

  private func noteHeld(_ error: any Error) {
    isHeld = true
    completions.tellOnce(error)
  }

  /// The transfers up to one that must wait for those before it, taken out of `waiting`.
  private func nextGroup() -> PublicationGroup {
    var group = PublicationGroup(keeper)
    var count = 0
    for (session, request) in waiting {
      guard take(request, Ticket(session: session, number: request.ticket), into: &group) else {
        break
      }
      count += 1
    }
    waiting.removeFirst(count)
    return group
  }

  /// False where it must wait.
  private func take(
    _ request: RecorderRequest, _ ticket: Ticket, into group: inout PublicationGroup
  ) -> Bool {
    switch request {
    case .publish(_, let transfer): return group.take(ticket, transfer)
    case .fail(_, let transfer): take(ticket, transfer, into: &group)
    case .find(_, let id, let client): return find(id, from: client, ticket)
    case .check: break  // answered with the others
    }
    return true
  }

  private func take(
    _ ticket: Ticket, _ failure: FailedTransfer, into group: inout PublicationGroup
  ) {
    if keeper.hasRoomForFailures {
      group.take(ticket, failure)
    } else {
      ticket.answer { .done(ticket: $0) }
    }
  }

  /// Where the data directory is lost, an offer is refused here, before its content comes in vain.
  private func find(_ id: TransferID, from client: String, _ ticket: Ticket) -> Bool {
    do {
      try keeper.checkPlace()
      if try !keeper.repeatReceipt(of: id, from: client, to: ticket) {
        ticket.answer { .done(ticket: $0) }
      }
    } catch {
      if keeper.history.isHeld(error) {
        noteHeld(error)
        return false
      }
      keeper.refuse(ticket, error)
    }
    return true
  }

  /// One write tells for all that asked, and where another program holds the history one of them has waited for it.
  /// A probe costs syncs, for which receipts wait: one that went well stands for some seconds.
  private func probe() throws {
    let now = monotonicNanoseconds()
    guard now >= probeAt else { return try keeper.checkPlace() }
    try keeper.probe()
    probeAt = now + RequestDesk.probePause
  }

  private func answer(_ checks: [Ticket]) {
    guard !checks.isEmpty else { return }
    do {
      if isBehind { throw RequestDesk.behind }
      try keeper.history.check()
      try probe()
      completions.noteSuccess()
      for ticket in checks { ticket.answer { .done(ticket: $0) } }
    } catch {
      if keeper.history.isPassing(error) { completions.tellOnce(error) }
      if keeper.history.isHeld(error) { holdBack() }
      let refusal = keeper.refusal(for: error)
      for ticket in checks { ticket.answer { .refusal(ticket: $0, refusal) } }
    }
  }

  /// Nothing is tried before the next retry, whose time is set once: checks that come meanwhile are refused, and do
  /// not put it off.
  private func holdBack() {
    isHeld = true
    retryAt = monotonicNanoseconds() + RequestDesk.retryPause
  }
}
