import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// All that the recorder works with: the history, the files, the counters and the log.
struct Keeper {
  let durability: Durability
  let history: HistoryWriter
  let sealed: SealedFiles
  let published: PublishedFiles
  let board: Scoreboard
  let log: Logger

  init(_ options: Recorder.Options, history: HistoryWriter, board: Scoreboard, log: Logger) {
    self.durability = options.durability
    self.history = history
    self.sealed = SealedFiles(options.data)
    self.published = PublishedFiles(options.data)
    self.board = board
    self.log = log
  }

  /// Turns recorded rows into history and counts them.
  func complete(_ outcomes: [Publication], failures: [FailedTransfer]) throws {
    try history.complete(outcomes, failures: failures)
    for case .published(let recorded, _) in outcomes {
      board.add(.transfersCompleted)
      board.add(.bytesCompleted, Int64(recorded.transfer.size))
    }
    board.add(.recorderBatches)
  }

  /// Answers for a transfer that was delivered before: with its receipt, if what that says is
  /// still so. False where the transfer was never delivered.
  func repeatReceipt(of id: TransferID, to ticket: Ticket) throws -> Bool {
    guard let receipt = try history.receipt(of: id) else { return false }
    if try published.size(of: receipt.name) == receipt.size, try history.isLatest(receipt) {
      board.add(.transfersRepeated)
      ticket.answer { .receipt(ticket: $0, receipt) }
    } else {
      let why = "it was delivered before, and \"\(receipt.name)\" has been removed or changed since"
      ticket.answer { .refusal(ticket: $0, Refusal(.gone, why)) }
    }
    return true
  }

  func refuse(_ ticket: Ticket, _ error: any Error) {
    let refusal = history.isFull(error) ? .noSpace : Refusal(error)
    if !(error is Refusal) {
      log.error("could not record a transfer", metadata: ["error": "\(error)"])
    }
    ticket.answer { .refusal(ticket: $0, refusal) }
  }
}
