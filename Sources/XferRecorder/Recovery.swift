import Logging
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes what an earlier recorder left between row and name. A recorded row names its file, which is
/// known again wherever it is:
///
/// - under its name: it becomes history, whatever else lies in `incoming/` for a sender that lost its
///   session and has begun to send the same transfer again;
/// - in `incoming/`: it is published, if its content is still what the row says;
/// - in neither: it had its name, as nobody takes it from `incoming/` before, and somebody has moved it
///   away since. It was delivered.
///
/// After a loss of power what was not synced is believed only by its digest. What cannot be believed
/// becomes a failed row, and its sender, who has no receipt, sends again.
struct Recovery {
  private enum Place {
    case named(since: Timestamp)
    case incoming
    case movedAway
    case lost
  }

  private static let lost = Refusal(
    .unavailable, "its file was not under its name, after a restart")
  private static let changed = Refusal(
    .corrupt, "its content was not as it was recorded, after a restart")

  private let keeper: Keeper
  private let afterPowerLoss: Bool

  init(_ keeper: Keeper, afterPowerLoss: Bool) {
    self.keeper = keeper
    self.afterPowerLoss = afterPowerLoss
  }

  /// Throws where it cannot be told in which place a file is, or the history cannot be written: then
  /// this recorder ends, and the next one tries again. A failed row in its stead would leave a file that
  /// refuses its own sender.
  func run() throws {
    let left = try keeper.history.unpublished()
    guard !left.isEmpty else { return }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = try left.map { try finish($0, &touched) }
    try touched.sync()
    try keeper.complete(outcomes, failures: [])
    keeper.discard(outcomes)
    keeper.log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(left.count)])
  }

  private func finish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    switch try place(of: recorded) {
    case .named(let moment) where isWhole(recorded):
      try touched.add(directoryOf: recorded.transfer.name, in: keeper.published)
      return .published(recorded, at: moment)
    case .named:
      try keeper.published.remove(recorded.transfer.name)
      return .failed(recorded, Recovery.changed)
    case .incoming: return publish(recorded, &touched)
    case .movedAway: return .published(recorded, at: .now)
    case .lost: return .failed(recorded, Recovery.lost)
    }
  }

  private func place(of recorded: RecordedTransfer) throws -> Place {
    let transfer = recorded.transfer
    if try hasName(recorded), let moment = try keeper.published.moment(of: transfer.name) {
      return .named(since: moment)
    }
    let arrived = try keeper.sealed.identity(of: transfer.incomingID)
    guard let file = recorded.file else { return arrived == nil ? .lost : .incoming }
    if arrived == file { return .incoming }
    return mayBeLost(recorded) ? .lost : .movedAway
  }

  /// By its content where a version recorded it that did not note the file.
  private func hasName(_ recorded: RecordedTransfer) throws -> Bool {
    guard let file = recorded.file else { return try hasItsContent(recorded.transfer) }
    return try keeper.published.identity(of: recorded.transfer.name) == file
  }

  private func hasItsContent(_ transfer: SealedTransfer) throws -> Bool {
    guard let digest = transfer.digest else { return false }
    return try keeper.published.size(of: transfer.name) == transfer.size
      && keeper.published.digest(of: transfer.name) == digest
  }

  private func mayBeLost(_ recorded: RecordedTransfer) -> Bool {
    afterPowerLoss && recorded.durability == .lazy
  }

  /// What cannot be read now is not known to be whole.
  private func isWhole(_ recorded: RecordedTransfer) -> Bool {
    !mayBeLost(recorded) || (try? hasItsContent(recorded.transfer)) == true
  }

  /// An error of one file is the end of that transfer, not of the receiver.
  private func publish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) -> Publication {
    do {
      let file = try keeper.sealed.hold(recorded.transfer)
      defer { file.release() }
      guard try isBelieved(file, recorded.transfer) else { throw Recovery.changed }
      // It may have been sent again since its row was written, and not be synced.
      try keeper.sealed.sync([file])
      try keeper.published.publish(
        recorded.transfer.incomingID, as: recorded.transfer.name, touched: &touched)
      return .published(recorded, at: .now)
    } catch let refusal as Refusal {
      return .failed(recorded, refusal)
    } catch {
      keeper.log.error("could not finish a transfer", metadata: ["error": "\(error)"])
      return .failed(recorded, Refusal(error))
    }
  }

  private func isBelieved(_ file: SealedFiles.Held, _ transfer: SealedTransfer) throws -> Bool {
    guard let digest = transfer.digest else { return !afterPowerLoss }
    return try file.digest() == digest
  }
}
