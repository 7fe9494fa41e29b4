import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finds the receipts of earlier deliveries.
struct ReceiptLookup {
  private static let unfinished = Refusal(
    .unavailable, "its file could not be checked after a restart; the receiver's log says why",
    retryAfter: 5)

  let history: any HistoryWriter
  let published: any PublishedStore

  /// Returns the receipt of the newest delivery of a transfer by this client; nil if there never
  /// was one. Throws a `Refusal` if the delivery cannot be confirmed now.
  ///
  /// `triedAt` is the start of the transfer that asks, if its content has been sent. If that very
  /// transfer was delivered, its answer was lost with an earlier recorder. It gets its receipt
  /// unchanged, even if the file has been removed since.
  func receipt(
    of id: TransferID, from client: Client, triedAt: Timestamp? = nil
  ) throws -> Receipt? {
    let own = try history.receipt(of: id, from: client)
    if let own, own.startedAt == triedAt { return own }
    let chain = DeliveryChain(root: id, client: client, history: history)
    guard let newest = try chain.newest() else { return nil }
    guard let delivered = try history.delivery(of: chain.id(newest), from: client) else {
      throw ReceiptLookup.unfinished
    }
    var receipt = delivered.receipt
    receipt.standing = try standing(of: delivered, from: client)
    if receipt.standing == .removed { receipt.next = chain.id(newest + 1) }
    return receipt
  }

  /// Returns `.there` if the newest file under the name is still this delivery, else `.removed`.
  /// Throws a `Refusal` if it was delivered without a sync before the machine was started and has
  /// changed since.
  private func standing(of delivered: DeliveredFile, from client: Client) throws
    -> Receipt.Standing
  {
    let receipt = delivered.receipt
    let isThere = try isStored(delivered) && history.isLatest(receipt, from: client)
    if receipt.durability == .lazy, receipt.publishedAt < .machineStart {
      guard isThere, try isUnchanged(receipt) else {
        let why = "it was delivered without a sync before this machine was started"
        throw Refusal(.gone, "\(why), and its file is missing or has changed")
      }
    }
    return isThere ? .there : .removed
  }

  private func isStored(_ delivered: DeliveredFile) throws -> Bool {
    let receipt = delivered.receipt
    guard !delivered.properties.hasContent else {
      return try published.size(of: receipt.name) == receipt.size
    }
    return try published.has(delivered.properties, as: receipt.name)
  }

  /// Reads the file again, during which other sessions wait. The caller has compared the length,
  /// which decides alone if there is no digest.
  private func isUnchanged(_ receipt: Receipt) throws -> Bool {
    try receipt.digest == nil || published.digest(of: receipt.name) == receipt.digest
  }
}
