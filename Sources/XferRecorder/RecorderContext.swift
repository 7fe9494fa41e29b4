import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The history, the files, the counters and the log that the parts of the recorder share.
struct RecorderContext {
  private static let unfinished = Refusal(
    .unavailable, "its file could not be checked after a restart; the receiver's log says why",
    retryAfter: 5)

  let durability: Durability
  let data: DataDirectory
  /// The start of this recorder if the last one died while it synced files, else nil. Content that
  /// was offered before this time is compared with its digest after its sync.
  let doubtfulBefore: Timestamp?
  let history: HistoryWriter
  let sealed: SealedFiles
  let published: PublishedFiles
  let board: Scoreboard
  let log: Logger
  private let room: HistoryRoom

  init(_ options: RecorderOptions, history: HistoryWriter, board: Scoreboard, log: Logger) {
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

  /// True if the disk has enough space to record failures. Any peer can cause any number of them,
  /// and they must not fill the disk.
  var hasRoomForFailures: Bool { room.isEnough(log) }

  /// Returns the outcome of `publish`, which renames a recorded file to its name. An error fails
  /// that transfer alone.
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

  /// Turns recorded rows into history, adds the rows of failures, and counts the published files.
  func complete(_ outcomes: [Publication], failures: [FailedTransfer]) throws {
    try history.complete(outcomes, failures: failures)
    for case .published(let recorded, _) in outcomes {
      board.add(.transfersCompleted)
      board.add(.bytesCompleted, by: Int64(recorded.transfer.size))
    }
    board.add(.recorderGroups)
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
    let isLasting = [.exists, .badName, .corrupt].contains(refusal.reason)
    guard transfer.wire == .classic || isLasting else { return }
    try? sealed.discard(transfer.incomingID)
  }

  /// Returns the refusal that a session gets for an error, and logs an error that is not a refusal.
  func refusal(for error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    log.error("could not carry out a request of a session", metadata: ["error": "\(error)"])
    return history.isFull(error) ? .noSpace : Refusal(error)
  }

  /// Answers for a transfer that this client delivered before with the receipt of the newest
  /// delivery. Returns false, without an answer, if there never was one.
  ///
  /// `triedAt` is the start of the transfer that asks, if its content has been sent. If that very
  /// transfer was delivered, its answer was lost with an earlier recorder. It gets its receipt
  /// unchanged, even if the file has been removed since.
  func repeatReceipt(
    of id: TransferID, from client: Client, triedAt: Timestamp? = nil, to ticket: Ticket
  ) throws -> Bool {
    let own = try history.receipt(of: id, from: client)
    if let own, own.startedAt == triedAt {
      answer(ticket, repeating: own)
      return true
    }
    let chain = DeliveryChain(root: id, client: client, history: history)
    guard let newest = try chain.newest() else { return false }
    guard var receipt = try history.receipt(of: chain.id(newest), from: client) else {
      throw RecorderContext.unfinished
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

  /// Returns `.there` if the newest file under the name is still this delivery, else `.removed`.
  /// Throws a `Refusal` if it was delivered without a sync before the machine was started and has
  /// changed since.
  private func standing(of receipt: Receipt, from client: Client) throws -> Receipt.Standing {
    let isThere =
      try published.size(of: receipt.name) == receipt.size
      && history.isLatest(receipt, from: client)
    if receipt.durability == .lazy, receipt.publishedAt < .machineStart {
      guard isThere, try isUnchanged(receipt) else {
        let why = "it was delivered without a sync before this machine was started"
        throw Refusal(.gone, "\(why), and its file is missing or has changed")
      }
    }
    return isThere ? .there : .removed
  }

  /// Reads the file again, during which other sessions wait. The caller has compared the length,
  /// which decides alone if there is no digest.
  private func isUnchanged(_ receipt: Receipt) throws -> Bool {
    try receipt.digest == nil || published.digest(of: receipt.name) == receipt.digest
  }

  /// Answers a request with the refusal for an error.
  func refuse(_ ticket: Ticket, for error: any Error) {
    let refusal = refusal(for: error)
    ticket.answer { .refusal(ticket: $0, refusal) }
  }
}
