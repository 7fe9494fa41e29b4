import XferProtocol
import XferSystem

/// A failed offer or transfer, for its row of the history.
struct FailedOffer {
  private let id: TransferID
  /// The name that the client has offered, as far as it can be printed.
  let name: String
  private let size: Int64
  private let startedAt: Timestamp
  private let mayBeTold: Bool

  /// An offer that did not become a transfer.
  init(_ offer: Offer) {
    id = offer.id
    name = FileName.printable(offer.name)
    size = Int64(clamping: offer.size)
    startedAt = .now
    mayBeTold = false
  }

  /// A transfer. `mayBeTold` is true if the recorder may have recorded its failure already.
  init(_ transfer: Transfer, mayBeTold: Bool = false) {
    id = transfer.announced.id
    name = transfer.name.text
    size = Int64(clamping: transfer.size)
    startedAt = transfer.announced.startedAt
    self.mayBeTold = mayBeTold
  }

  /// Returns the row for the history. `detail` is a message for a person.
  func row(
    of client: Client, reason: Reason, detail: String, set: SetReference?
  ) -> FailedTransfer {
    FailedTransfer(
      id: id, name: name, size: size, client: client, wire: .native, startedAt: startedAt,
      reason: reason, detail: detail, set: set, mayBeTold: mayBeTold)
  }
}
