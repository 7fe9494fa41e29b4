import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes what an earlier recorder left between row and name. A recorded row whose file is in
/// `incoming/` is published, if its content is still what the row says; one whose file is under its
/// name already becomes history. Whatever else is found becomes a failed row, and its sender, who
/// has no receipt, sends again.
struct Recovery {
  private let keeper: Keeper

  init(_ keeper: Keeper) { self.keeper = keeper }

  func run() throws {
    let left = try keeper.history.unpublished()
    guard !left.isEmpty else { return }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = left.map { finish($0, &touched) }
    try touched.sync()
    try keeper.complete(outcomes, failures: [])
    keeper.log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(left.count)])
  }

  /// An error of one file is the end of that transfer, not of the receiver.
  private func finish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) -> Publication {
    do {
      let isThere = try keeper.sealed.isThere(recorded.transfer.incomingID)
      return try isThere ? publish(recorded, &touched) : find(recorded, &touched)
    } catch let refusal as Refusal {
      return .failed(recorded, refusal)
    } catch {
      keeper.log.error("could not finish a transfer", metadata: ["error": "\(error)"])
      return .failed(recorded, Refusal(error))
    }
  }

  private func publish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    let transfer = recorded.transfer
    let file = try keeper.sealed.hold(transfer)
    defer { file.release() }
    guard try file.digest() == transfer.digest else {
      try keeper.sealed.discard(transfer.incomingID)
      throw Refusal(.unavailable, "its content was not as it was recorded, after a restart")
    }
    try keeper.published.publish(transfer.incomingID, as: transfer.name, touched: &touched)
    return .published(recorded, at: .now)
  }

  /// Only publishing takes a recorded file away from `incoming/`; but what is under its name is
  /// looked at all the same.
  private func find(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    let transfer = recorded.transfer
    guard try keeper.published.digest(of: transfer.name) == transfer.digest,
      let moment = try keeper.published.moment(of: transfer.name)
    else { throw Refusal(.unavailable, "its file was not under its name, after a restart") }
    try touched.add(directoryOf: transfer.name, in: keeper.published)
    return .published(recorded, at: moment)
  }
}
