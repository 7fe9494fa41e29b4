import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes what an earlier recorder left between row and name. A recorded row whose file is under
/// its name becomes history, whatever lies in `incoming/`: a sender that lost its session may have
/// begun to send the same transfer again. Else what is in `incoming/` is published, if its content is
/// still what the row says. Whatever else is found becomes a failed row, and its sender, who has no
/// receipt, sends again.
struct Recovery {
  private let keeper: Keeper

  init(_ keeper: Keeper) { self.keeper = keeper }

  func run() throws {
    let left = try keeper.history.unpublished()
    guard !left.isEmpty else { return }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = try left.map { try finish($0, &touched) }
    try touched.sync()
    try keeper.complete(outcomes, failures: [])
    keeper.log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(left.count)])
  }

  /// An error of one file is the end of that transfer, not of the receiver; but where it cannot be
  /// told whether the file has its name already, this recorder ends and the next one tries again: a
  /// failed row would leave a file that refuses its own sender.
  private func finish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    if let moment = try find(recorded, &touched) { return .published(recorded, at: moment) }
    do {
      return try publish(recorded, &touched)
    } catch let refusal as Refusal {
      return .failed(recorded, refusal)
    } catch {
      keeper.log.error("could not finish a transfer", metadata: ["error": "\(error)"])
      return .failed(recorded, Refusal(error))
    }
  }

  /// When the file was published under its name; nil where what is there, if anything, is not it.
  private func find(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Timestamp? {
    let transfer = recorded.transfer
    guard try isPublished(transfer) else { return nil }
    try touched.add(directoryOf: transfer.name, in: keeper.published)
    return try keeper.published.moment(of: transfer.name)
  }

  /// By its content; by its length where it was received without a digest.
  private func isPublished(_ transfer: SealedTransfer) throws -> Bool {
    guard try keeper.published.size(of: transfer.name) == transfer.size else { return false }
    guard let digest = transfer.digest else { return true }
    return try keeper.published.digest(of: transfer.name) == digest
  }

  private func publish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    let transfer = recorded.transfer
    guard try keeper.sealed.isThere(transfer.incomingID) else {
      throw Refusal(.unavailable, "its file was not under its name, after a restart")
    }
    let file = try keeper.sealed.hold(transfer)
    defer { file.release() }
    guard try transfer.digest == nil || file.digest() == transfer.digest else {
      try keeper.sealed.discard(transfer.incomingID)
      throw Refusal(.unavailable, "its content was not as it was recorded, after a restart")
    }
    // It may have been sent again since its row was written, and not be synced.
    try keeper.sealed.sync([file])
    try keeper.published.publish(transfer.incomingID, as: transfer.name, touched: &touched)
    return .published(recorded, at: .now)
  }
}
