import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The requests of the sessions, in the order of their arrival. Look-ups are answered here, and
/// transfers are carried out in groups.
///
/// While the history lags behind the disk, all requests wait except health checks, because the
/// history does not show yet which transfers were delivered.
final class RequestQueue {
  private static let behind = Refusal(
    .unavailable, "the receiver cannot write its history now", retryAfter: 1)

  /// The time until a write of the history is retried. Each try may wait for the program that holds
  /// it.
  private static let retryPause = Duration.milliseconds(500)

  /// The time for which a successful probe is valid.
  private static let probePause = Duration.seconds(10)

  /// The number of clients that are enrolled in one turn. Each of them costs syncs of the lists,
  /// for which receipts wait.
  private static let enrolmentsATurn = 4

  private let context: RecorderContext
  private var pending: PendingCommit
  /// The requests that wait, in the order of their arrival. Each session bounds the number of its
  /// own.
  private var waiting: [SessionRequest] = []
  /// The clients that wait to be enrolled, in the order of their arrival. A session asks once.
  private var enrolments: [(ticket: Ticket, enrolment: Enrolment)] = []
  /// The sets that are to be completed.
  let sets: SetCompletions
  private var isHeld = false
  private var retryAt = MonotonicTime.start
  private var probeAt = MonotonicTime.start

  init(_ context: RecorderContext, history: any HistoryStore) {
    self.context = context
    sets = SetCompletions(context, history: history)
    pending = PendingCommit(context)
  }

  /// True if a write of the history must be retried first.
  var isBehind: Bool { !pending.isEmpty || isHeld }

  /// The latest time of the next `handle`.
  var dueAt: MonotonicTime {
    if !enrolments.isEmpty { return .start }
    return isBehind ? retryAt : .never
  }

  /// Answers every request that can be answered now. Throws if the history cannot be made to match
  /// the disk. This process must end then, and the next one recovers.
  func handle(_ requests: [SessionRequest]) throws {
    var checks: [Ticket] = []
    for (session, request) in requests {
      let ticket = Ticket(session: session, number: request.ticket)
      switch request {
      case .check: checks.append(ticket)
      case .enrol(_, let enrolment): enrolments.append((ticket, enrolment))
      case .knock(_, let knock):
        context.enrolments.note(knock)
        ticket.answer { .done(ticket: $0) }
      case .complete(_, let completion): sets.take(completion, for: ticket)
      case .publish, .fail, .find, .announce, .hooks: waiting.append((session, request))
      }
    }
    defer {
      enrolNext()
      answer(checks)
    }
    if isBehind, .now < retryAt { return }
    isHeld = false
    try pending.settle()
    while !waiting.isEmpty, !isBehind { try carryOut(nextRequests()) }
    if !isBehind { try handleSets() }
    if isBehind { retryAt = .now + RequestQueue.retryPause }
  }

  /// Carries out the steps of a group in their order: see `PublicationGroup`. While another program
  /// holds the history, its requests wait for the next try.
  private func carryOut(_ requests: GroupRequests) throws {
    let group = PublicationGroup(requests, context: context)
    defer { group.release() }
    do {
      try group.record()
    } catch {
      guard error.isHeld else { throw error }
      waiting = group.unanswered + waiting
      return noteHeld(error)
    }
    try group.publish()
    try pending.finish(group)
  }

  /// Adds members to sets, then completes sets. A set is complete only with all of its members.
  private func handleSets() throws {
    do {
      try context.memberships.write(to: context.history)
      try sets.handle()
    } catch {
      guard error.isHeld else { throw error }
      noteHeld(error)
    }
  }

  private func noteHeld(_ failure: HistoryFailure) {
    isHeld = true
    context.readiness.reportOnce(failure)
  }

  /// Takes the requests of the next group out of `waiting`. The group ends before a request that
  /// must wait for those before it.
  private func nextRequests() -> GroupRequests {
    var group = GroupRequests()
    var count = 0
    for (session, request) in waiting {
      let ticket = Ticket(session: session, number: request.ticket)
      guard take(request, for: ticket, into: &group) else { break }
      count += 1
    }
    waiting.removeFirst(count)
    return group
  }

  /// Returns false if the request must wait for the next group.
  private func take(
    _ request: RecorderRequest, for ticket: Ticket, into group: inout GroupRequests
  ) -> Bool {
    switch request {
    case .publish(_, let transfer): return take(transfer, for: ticket, into: &group)
    case .fail(_, let transfer): take(transfer, for: ticket, into: &group)
    case .find(_, let id, let client, let size, let set):
      return find(id, of: size, from: client, in: set, for: ticket)
    case .announce(_, let part): return announce(part, for: ticket)
    case .hooks(_, let change): return write(change, for: ticket)
    case .check, .enrol, .knock, .complete: break  // answered when they arrive
    }
    return true
  }

  /// Takes a sealed transfer, or refuses it if it exceeds a quota of its client. A transfer that
  /// was delivered before has its receipt in any case.
  ///
  /// The bytes of a group count when it is history, because its transfers may fail. So a transfer
  /// that exceeds a quota only together with them waits for the next group.
  private func take(
    _ transfer: SealedTransfer, for ticket: Ticket, into group: inout GroupRequests
  ) -> Bool {
    sets.note(transfer.set, of: transfer.client)
    do {
      try context.quotas.check(transfer.client, size: transfer.size)
    } catch {
      let receipt = try? context.receipts.receipt(of: transfer.id, from: transfer.client)
      if receipt == nil {
        context.refuse(ticket, for: error)
        if let refusal = error as? Refusal { context.discard(transfer, after: refusal) }
        return true
      }
    }
    guard fits(transfer, into: group) else { return false }
    return group.take(transfer, for: ticket)
  }

  /// True unless the transfer exceeds a quota together with those of its client in the group.
  private func fits(_ transfer: SealedTransfer, into group: GroupRequests) -> Bool {
    let others = group.bytes(of: transfer.client)
    guard others > 0 else { return true }
    do {
      try context.quotas.check(transfer.client, size: transfer.size + others)
      return true
    } catch {
      return false
    }
  }

  private func enrolNext() {
    let next = enrolments.prefix(RequestQueue.enrolmentsATurn)
    for (ticket, enrolment) in next { enrol(enrolment, for: ticket) }
    enrolments.removeFirst(next.count)
  }

  private func enrol(_ enrolment: Enrolment, for ticket: Ticket) {
    do {
      let name = try context.enrolments.enrol(enrolment)
      ticket.answer { .enrolled(ticket: $0, name: name.text) }
    } catch {
      if !(error is Refusal) { context.log.error("could not enrol a client: \(error)") }
      let refusal =
        error as? Refusal
        ?? Refusal(.unavailable, "the receiver could not enrol the client", retryAfter: 5)
      ticket.answer { .refusal(ticket: $0, refusal) }
    }
  }

  private func take(
    _ failure: FailedTransfer, for ticket: Ticket, into group: inout GroupRequests
  ) {
    if context.hasRoomForFailures {
      group.take(failure, for: ticket)
    } else {
      ticket.answer { .done(ticket: $0) }
    }
  }

  /// Answers whether a transfer was delivered. If the data directory is not usable, the offer is
  /// refused here, before its content is sent in vain.
  private func find(
    _ id: TransferID, of size: UInt64, from client: Client, in set: SetReference?,
    for ticket: Ticket
  ) -> Bool {
    sets.note(set, of: client)
    do {
      try context.checkPlace()
      if let receipt = try context.receipts.receipt(of: id, from: client) {
        context.answer(ticket, repeating: receipt, in: set, of: client)
      } else {
        try context.quotas.check(client, size: size)
        ticket.answer { .done(ticket: $0) }
      }
    } catch let failure as HistoryFailure where failure.isHeld {
      noteHeld(failure)
      return false
    } catch {
      context.refuse(ticket, for: error)
    }
    return true
  }

  /// Keeps a part of the list of a set, if the disk has enough space: see `hasRoomForFailures`.
  private func announce(_ part: AnnouncedPart, for ticket: Ticket) -> Bool {
    do {
      if context.hasRoomForFailures { try context.history.announce(part) }
    } catch {
      if error.isHeld {
        noteHeld(error)
        return false
      }
      context.log.error("could not keep the list of a set", metadata: ["error": "\(error)"])
    }
    ticket.answer { .done(ticket: $0) }
    return true
  }

  /// Writes the progress of the hooks. A change that cannot be written is refused, and its process
  /// tries it again.
  private func write(_ change: HookChange, for ticket: Ticket) -> Bool {
    do {
      try context.history.change(change)
      ticket.answer { .done(ticket: $0) }
    } catch {
      if error.isHeld {
        noteHeld(error)
        return false
      }
      context.refuse(ticket, for: error)
    }
    return true
  }

  /// Probes the data directory. A probe costs syncs, for which receipts wait, so that a successful
  /// one is valid for some seconds.
  private func probe() throws {
    let now = MonotonicTime.now
    guard now >= probeAt else { return try context.checkPlace() }
    try context.probe()
    probeAt = now + RequestQueue.probePause
  }

  /// Answers all health checks with one write of the history, so that only one of them waits if
  /// another program holds the history.
  private func answer(_ checks: [Ticket]) {
    guard !checks.isEmpty else { return }
    let refusal = obstacle()
    for ticket in checks {
      ticket.answer { number in
        refusal.map { .refusal(ticket: number, $0) } ?? .done(ticket: number)
      }
    }
  }

  /// Returns nil if a transfer could be recorded and published now.
  private func obstacle() -> Refusal? {
    if isBehind { return RequestQueue.behind }
    do {
      try context.history.check()
    } catch {
      if error.isPassing { context.readiness.reportOnce(error) }
      if error.isHeld { holdBack() }
      return context.refusal(for: error)
    }
    do {
      try probe()
    } catch {
      return context.refusal(for: error)
    }
    context.readiness.noteSuccess()
    return nil
  }

  /// Stops all work until the next retry. Its time is set once: health checks that arrive meanwhile
  /// are refused and do not delay it.
  private func holdBack() {
    isHeld = true
    retryAt = .now + RequestQueue.retryPause
  }
}
