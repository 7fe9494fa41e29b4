import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The history, the files, the counters and the log that the parts of the recorder share.
struct RecorderContext {
  let durability: Durability
  let data: DataDirectory
  /// The start of this recorder if the last one died while it synced files, else nil. Content that
  /// was offered before this time is compared with its digest after its sync.
  let doubtfulBefore: Timestamp?
  let history: any HistoryWriter
  let sealed: SealedFiles
  let published: any PublishedStore
  let enrolments: Enrolments
  let quotas: Quotas
  let memberships = SetMemberships()
  let readiness: HistoryReadiness
  let board: Scoreboard
  let log: Logger
  /// Wakes the process that runs the hooks, after the history has changed; nil if there are none.
  let hooks: Wakeup?
  private let room: HistoryRoom

  init(_ options: RecorderOptions, history: any HistoryWriter, board: Scoreboard, log: Logger) {
    self.durability = options.durability
    self.history = history
    let groupSync = GroupSync(
      isTrusted: { board[.groupSyncFailed] == 0 }, distrust: { board.set(.groupSyncFailed, 1) },
      isUnderWay: { board.set(.syncUnderWay, $0 ? 1 : 0) })
    doubtfulBefore = board[.syncUnderWay] == 1 ? .now : nil
    self.data = options.data
    self.sealed = SealedFiles(options.data, groupSync)
    self.published = options.published
    self.enrolments = Enrolments(
      options.clients, isKnown: { try history.knows($0) }, log: log)
    self.quotas = Quotas(history, lists: options.clients)
    self.board = board
    self.log = log
    self.readiness = HistoryReadiness(board: board, log: log)
    self.room = HistoryRoom(options)
    hooks = options.hooks
  }

  /// The receipts of earlier deliveries.
  var receipts: ReceiptLookup { ReceiptLookup(history: history, published: published) }

  /// True if the disk has enough space to record failures. Any peer can cause any number of them,
  /// and they must not fill the disk.
  var hasRoomForFailures: Bool { room.isEnough(log) }

  /// Returns the outcome of a recorded file that cannot be published. An error fails that transfer
  /// alone, and is logged if it is not a refusal.
  func failure(of recorded: RecordedTransfer, for error: any Error) -> Publication {
    if let refusal = error as? Refusal { return .failed(recorded, refusal) }
    log.error("could not publish a file", metadata: ["error": "\(error)"])
    return .failed(recorded, Refusal(error))
  }

  /// Turns recorded rows into history, adds the rows of failures, and counts the published files.
  func complete(
    _ outcomes: [Publication], failures: [FailedTransfer]
  ) throws(HistoryFailure) {
    try history.complete(outcomes, failures: failures)
    for case .published(let recorded, _) in outcomes {
      board.add(.transfersCompleted)
      board.add(.bytesCompleted, by: Int64(recorded.transfer.size))
      quotas.count(recorded.transfer.client, size: recorded.transfer.size)
    }
    board.add(.recorderGroups)
    hooks?.wake()
  }

  /// Removes the content of a failed transfer if it can never be published, even if it is sent
  /// again. Called only after `complete`: see the table in `DataDirectory`.
  func discard(_ outcome: Publication) {
    guard case .failed(let recorded, let refusal) = outcome else { return }
    discard(recorded.transfer, after: refusal)
  }

  /// Does the same for a transfer without a row. A classic transfer is always removed, because it
  /// cannot be resumed.
  func discard(_ transfer: SealedTransfer, after refusal: Refusal) {
    let isLasting = [.exists, .badName, .corrupt, .quota].contains(refusal.reason)
    guard transfer.wire == .classic || isLasting else { return }
    try? sealed.discard(transfer.incomingID)
  }

  /// Returns the refusal that a session gets for an error, and logs an error that is not a refusal.
  func refusal(for error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    log.error("could not carry out a request of a session", metadata: ["error": "\(error)"])
    if case HistoryFailure.full = error { return .noSpace }
    return Refusal(error)
  }

  /// Answers a request with the receipt of an earlier delivery, which belongs to the set of the
  /// request, too.
  func answer(
    _ ticket: Ticket, repeating receipt: Receipt, in set: SetReference?, of client: Client
  ) {
    memberships.add(receipt, to: set, of: client)
    board.add(.transfersRepeated)
    ticket.answer { .receipt(ticket: $0, receipt) }
  }

  /// Answers a request with the refusal for an error.
  func refuse(_ ticket: Ticket, for error: any Error) {
    let refusal = refusal(for: error)
    ticket.answer { .refusal(ticket: $0, refusal) }
  }
}
