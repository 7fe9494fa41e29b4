import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// All that the recorder works with: the history, the files, the counters and the log.
struct Keeper {
  private static let unfinished = Refusal(
    .unavailable, "its file could not be looked at after a restart; the receiver's log says why",
    retryAfter: 5)

  let durability: Durability
  let data: DataDirectory
  /// The last recorder died while it synced files: content that was offered before this moment is compared with
  /// its digest after its sync.
  let doubtfulBefore: Timestamp?
  let history: HistoryWriter
  let sealed: SealedFiles
  let published: PublishedFiles
  let board: Scoreboard
  let log: Logger
  private let room: HistoryRoom

  init(_ options: Recorder.Options, history: HistoryWriter, board: Scoreboard, log: Logger) {
    self.durability = options.durability
    self.history = history
    let groupSync = GroupSync(
      isTrusted: { board[.groupSyncFailed] == 0 }, distrust: { board.set(.groupSyncFailed, 1) },
      isUnderWay: { board.set(.syncUnderWay, $0 ? 1 : 0) })
    doubtfulBefore = board[.syncUnderWay] == 1 ? .now : nil
    self.data = options.data
    self.sealed = SealedFiles(options.data, groupSync)
    self.published = PublishedFiles(options.data)
    self.board = board
    self.log = log
    self.room = HistoryRoom(options)
  }

  /// Whether failures are written down. They are told by any peer, in any number, and must not fill the disk.
  var hasRoomForFailures: Bool { room.isEnough(log) }

  /// What became of a recorded file that `publish` gives its name: an error is the end of that transfer, not
  /// of the receiver.
  func publication(
    of recorded: RecordedTransfer, _ publish: () throws -> Void
  ) -> Publication {
    do {
      try publish()
      return .published(recorded, at: .now)
    } catch let refusal as Refusal {
      return .failed(recorded, refusal)
    } catch {
      log.error("could not publish a file", metadata: ["error": "\(error)"])
      return .failed(recorded, Refusal(error))
    }
  }

  /// Turns recorded rows into history and counts them.
  func complete(_ outcomes: [Publication], failures: [FailedTransfer]) throws {
    try history.complete(outcomes, failures: failures)
    for case .published(let recorded, _) in outcomes {
      board.add(.transfersCompleted)
      board.add(.bytesCompleted, by: Int64(recorded.transfer.size))
    }
    board.add(.recorderGroups)
  }

  /// Takes away the content of what failed and will not be published whoever sends it again. Only
  /// behind `complete`: see the table in `DataDirectory`.
  func discard(_ outcome: Publication) {
    guard case .failed(let recorded, let refusal) = outcome else { return }
    discard(recorded.transfer, refusal)
  }

  /// The same of what has no row. Nobody can send a classic transfer again.
  func discard(_ transfer: SealedTransfer, _ refusal: Refusal) {
    let isLasting = [.exists, .badName, .corrupt].contains(refusal.reason)
    guard transfer.wire == .classic || isLasting else { return }
    try? sealed.discard(transfer.incomingID)
  }

  /// What a session is told of an error, and the log besides.
  func refusal(for error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    log.error("could not do what a session asked for", metadata: ["error": "\(error)"])
    return history.isFull(error) ? .noSpace : Refusal(error)
  }

  /// Answers for a transfer that this client delivered before, with the receipt of the newest delivery; false
  /// where there never was one. `triedAt` tells the try that asks, where it has brought the content: if that
  /// was delivered, its answer was lost with an earlier recorder, and what has become of the file since
  /// says nothing.
  func repeatReceipt(
    of id: TransferID, from client: String, triedAt: Timestamp? = nil, to ticket: Ticket
  ) throws -> Bool {
    let own = try history.receipt(of: id, from: client)
    if let own, own.startedAt == triedAt {
      answer(ticket, repeating: own)
      return true
    }
    let chain = DeliveryChain(root: id, clientIP: client, history: history)
    guard let newest = try chain.newest() else { return false }
    guard var receipt = try history.receipt(of: chain.id(newest), from: client) else {
      throw Keeper.unfinished
    }
    receipt.standing = try standing(of: receipt, from: client)
    if receipt.standing == .removed { receipt.next = chain.id(newest + 1) }
    answer(ticket, repeating: receipt)
    return true
  }

  private func answer(_ ticket: Ticket, repeating receipt: Receipt) {
    board.add(.transfersRepeated)
    ticket.answer { .receipt(ticket: $0, receipt) }
  }

  private func standing(of receipt: Receipt, from client: String) throws -> Receipt.Standing {
    let isThere =
      try published.size(of: receipt.name) == receipt.size
      && history.isLatest(receipt, from: client)
    if receipt.durability == .lazy, receipt.publishedAt < .machineStart {
      guard isThere, try isUnchanged(receipt) else {
        let why = "it was delivered without a sync before this machine was started"
        throw Refusal(.gone, "\(why), and is not there as it was")
      }
    }
    return isThere ? .there : .removed
  }

  /// Reads the file again, for which others wait; by its length where there is no digest.
  private func isUnchanged(_ receipt: Receipt) throws -> Bool {
    try receipt.digest == nil || published.digest(of: receipt.name) == receipt.digest
  }

  func refuse(_ ticket: Ticket, _ error: any Error) {
    let refusal = refusal(for: error)
    ticket.answer { .refusal(ticket: $0, refusal) }
  }
}
