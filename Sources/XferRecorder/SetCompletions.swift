import Logging
import SystemPackage
import XferHistory
import XferProtocol
import XferSystem

/// The requests to complete sets. The recorder sums up the files of a set by itself, and records
/// that it is complete if the sums are those of its sender.
final class SetCompletions {
  private typealias Request = (ticket: Ticket, completion: SetCompletion)

  private static let busy = Refusal(
    .busy, "the receiver sums up other sets now", retryAfter: 1)

  /// The number of sets of one client that are summed up at once.
  private static let mostOfClient = 4

  private let context: RecorderContext
  private let store: any HistoryStore
  private var reader: SetReader?
  /// The requests that have arrived in this turn.
  private var waiting: [Request] = []
  /// The requests by the number of the set that is being summed up.
  private var underWay: [Int64: [Request]] = [:]
  /// The sums that are not settled yet.
  private var ready: [(number: Int64, outcome: SetReader.Outcome)] = []
  /// The numbers of sets that a file has joined since their sums were begun.
  private var changed: Set<Int64> = []

  init(_ context: RecorderContext, history: any HistoryStore) {
    self.context = context
    store = history
  }

  /// The descriptor that becomes readable when a set is summed up; nil if none is under way.
  var descriptor: FileDescriptor? { underWay.isEmpty ? nil : reader?.wakeup.descriptor }

  /// True if requests wait for the next turn.
  var hasWaiting: Bool { !waiting.isEmpty }

  /// Takes a request. `handle` carries it out.
  func take(_ completion: SetCompletion, for ticket: Ticket) {
    waiting.append((ticket, completion))
  }

  /// Begins the requests that wait, and answers those with a set that is summed up. Throws if the
  /// history is held; the rest waits for the next turn then.
  func handle() throws(HistoryFailure) {
    while let request = waiting.first {
      try begin(request)
      waiting.removeFirst()
    }
    ready += reader?.takeOutcomes() ?? []
    while let (number, outcome) = ready.first {
      try settle(number, outcome)
      ready.removeFirst()
      underWay[number] = nil
      changed.remove(number)
    }
  }

  /// Notes that a file joins a set. Sums that were begun before are not valid any more.
  func note(_ set: SetReference?, of client: Client) {
    guard let set, !underWay.isEmpty else { return }
    for (number, requests) in underWay {
      let completion = requests[0].completion
      if completion.set.id == set.id, completion.client.key == client.key { changed.insert(number) }
    }
  }

  private func begin(_ request: Request) throws(HistoryFailure) {
    let (ticket, completion) = request
    guard let set = try context.history.recordedSet(completion.set, of: completion.client) else {
      return refuse(ticket, SetCompletions.mismatch(nil, completion.totals))
    }
    if let receipt = set.receipt { return answer(request, with: receipt) }
    guard underWay[set.number] != nil || admitsAnother(of: completion.client) else {
      return refuse(ticket, SetCompletions.busy)
    }
    do {
      if underWay[set.number] == nil { try startReading(set.number) }
      underWay[set.number, default: []].append(request)
    } catch {
      context.refuse(ticket, for: error)
    }
  }

  /// True if one more set of a client may be summed up now.
  private func admitsAnother(of client: Client) -> Bool {
    let own = underWay.values.count { $0[0].completion.client.key == client.key }
    return underWay.count < SetReader.most && own < SetCompletions.mostOfClient
  }

  private func startReading(_ number: Int64) throws {
    let reader = try self.reader ?? SetReader(store)
    self.reader = reader
    reader.read(number)
  }

  private func settle(
    _ number: Int64, _ outcome: SetReader.Outcome
  ) throws(HistoryFailure) {
    let requests = underWay[number] ?? []
    switch outcome {
    case .failure(let error):
      for request in requests { context.refuse(request.ticket, for: error) }
    case .success where changed.contains(number):
      for request in requests { refuse(request.ticket, SetCompletions.busy) }
    case .success(let totals):
      guard requests.contains(where: { $0.completion.totals == totals }) else {
        for request in requests {
          refuse(request.ticket, SetCompletions.mismatch(totals, request.completion.totals))
        }
        return
      }
      try complete(number, totals, requests)
    }
  }

  /// Completes a set, or refuses the requests if the disk is full.
  private func complete(
    _ number: Int64, _ totals: SetTotals, _ requests: [Request]
  ) throws(HistoryFailure) {
    do {
      let receipt = try context.history.completeSet(number, totals: totals, context.durability)
      Failpoint.pass("recorder.set")
      context.hooks?.wake()
      for request in requests { answer(request, with: receipt) }
    } catch {
      guard case .full = error else { throw error }
      for request in requests { context.refuse(request.ticket, for: error) }
    }
  }

  /// Answers with the receipt of a complete set, unless the sender has other files in mind.
  private func answer(_ request: Request, with receipt: SetReceipt) {
    guard request.completion.totals == receipt.totals else {
      return refuse(
        request.ticket, SetCompletions.mismatch(receipt.totals, request.completion.totals))
    }
    request.ticket.answer { .completed(ticket: $0, receipt) }
  }

  private func refuse(_ ticket: Ticket, _ refusal: Refusal) {
    ticket.answer { .refusal(ticket: $0, refusal) }
  }

  private static func mismatch(_ here: SetTotals?, _ claimed: SetTotals) -> Refusal {
    let files = here.map { $0.files + $0.others } ?? 0
    let difference =
      files == claimed.files + claimed.others
      ? "the receiver has other files of the set than its sender"
      : "the receiver has \(files) files of the set, and its sender \(claimed.files + claimed.others)"
    return Refusal(.incomplete, "\(difference); offer all of them again")
  }
}
